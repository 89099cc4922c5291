package statements

// checkObject checks the object of a statement or SubStatement and tells what
// it is.
func (p *parser) checkObject(n int, role Role, sub bool) (kind ObjectKind, ok bool) {
	if !p.isObject(n) {
		return 0, false
	}
	at := none
	typeAt := p.property(n, "objectType")
	if typeAt != 0 && !p.isString(typeAt) {
		return 0, false
	}
	switch {
	case typeAt == 0 || p.text(typeAt) == "Activity":
		kind = ObjectActivity
		at, ok = p.checkActivity(n, role)
	case p.text(typeAt) == "Agent":
		kind = ObjectAgent
		at, ok = p.checkActor(n, anyActor, role)
	case p.text(typeAt) == "Group":
		kind = ObjectGroup
		at, ok = p.checkActor(n, anyActor, role)
	case p.text(typeAt) == "StatementRef":
		kind = ObjectStatementRef
		ok = p.checkRef(n, !sub)
	case p.text(typeAt) == "SubStatement":
		kind = ObjectSubStatement
		if sub && p.fail(ruleSubNesting, n, "a SubStatement must not contain another SubStatement") {
			return kind, false
		}
		ok = p.checkSubStatement(n)
	default:
		ok = !p.fail(ruleObjectType, typeAt,
			"objectType must be Activity, Agent, Group, StatementRef or SubStatement, not "+p.quote(typeAt))
	}
	if !sub {
		p.columns.object = at
	}
	return kind, ok
}

// property finds a property of an object, 0 if there is none.
func (p *parser) property(n int, name string) int {
	for k, end := p.members(n); k < end; k = p.after(k) {
		if p.text(k) == name {
			return k + 1
		}
	}
	return 0
}

// checkRef checks a StatementRef; keep is set for the object of the statement.
func (p *parser) checkRef(n int, keep bool) bool {
	id := 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch p.text(k) {
		case "objectType":
		case "id":
			id = k + 1
		default:
			if !p.unknown(k, "a StatementRef", []string{"objectType", "id"}) {
				return false
			}
		}
	}
	if id == 0 {
		return !p.fail(ruleRefID, n, "a StatementRef needs the id of the statement it refers to")
	}
	ref, ok := parseUUID(p.text(id))
	if !p.isString(id) || !ok && p.fail(ruleRefUUID, id, notUUID) {
		return false
	}
	if keep {
		p.found.ref = ref
	}
	return true
}

// checkActivity checks an Activity whose objectType is known to be right, and
// adds it to the columns. It returns its place among the activities.
func (p *parser) checkActivity(n int, role Role) (at int, ok bool) {
	id, definition := 0, 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		switch v := k + 1; p.text(k) {
		case "objectType":
		case "id":
			id = v
		case "definition":
			definition = v
			if !p.checkDefinition(v) {
				return none, false
			}
		default:
			if !p.unknown(k, "an Activity", []string{"objectType", "id", "definition"}) {
				return none, false
			}
		}
	}
	if id == 0 {
		return none, !p.fail(ruleActivityID, n, "an Activity needs an id")
	}
	text := p.text(id)
	if !p.isString(id) || !isIRI(text) && p.fail(ruleActivityIRI, id, p.notIRI(id)) {
		return none, false
	}
	c := &p.columns
	start := len(c.text)
	c.text = append(c.text, text...)
	at = c.add(&c.activities, start, role)
	if definition != 0 {
		p.define(at, definition)
	}
	return at, true
}

// componentList is a set of the lists that an interaction may have.
type componentList uint8

const (
	listChoices componentList = 1 << iota
	listScale
	listSource
	listTarget
	listSteps
)

// interactionLists are the lists that belong to each interactionType.
var interactionLists = map[string]componentList{
	"true-false": 0, "fill-in": 0, "long-fill-in": 0, "numeric": 0, "other": 0,
	"choice": listChoices, "sequencing": listChoices, "likert": listScale,
	"matching": listSource | listTarget, "performance": listSteps,
}

var definitionNames = []string{"name", "description", "type", "moreInfo", "extensions", "interactionType",
	"correctResponsesPattern", "choices", "scale", "source", "target", "steps"}

// interaction is what a definition says of an interaction.
type interaction struct {
	typeAt, pattern int
	lists           componentList
}

// checkDefinition checks the definition of an Activity.
func (p *parser) checkDefinition(n int) bool {
	if !p.isObject(n) {
		return false
	}
	var in interaction
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "name", "description":
			ok = p.checkLanguageMap(v)
		case "type":
			ok = p.isString(v) && (isIRI(p.text(v)) || !p.fail(ruleActivityTypeIRI, v, p.notIRI(v)))
		case "moreInfo":
			ok = p.isString(v) && (isIRI(p.text(v)) || !p.fail(ruleMoreInfo, v, p.notIRI(v)))
		case "extensions":
			ok = p.checkExtensions(v)
		case "interactionType":
			in.typeAt = v
			ok = p.isString(v)
		case "correctResponsesPattern":
			in.pattern = v
			ok = p.checkStrings(v)
		case "choices":
			ok = p.checkComponents(v, &in, listChoices)
		case "scale":
			ok = p.checkComponents(v, &in, listScale)
		case "source":
			ok = p.checkComponents(v, &in, listSource)
		case "target":
			ok = p.checkComponents(v, &in, listTarget)
		case "steps":
			ok = p.checkComponents(v, &in, listSteps)
		default:
			ok = p.unknown(k, "an Activity definition", definitionNames)
		}
		if !ok {
			return false
		}
	}
	return p.checkInteraction(n, in)
}

// checkInteraction checks how the parts of an interaction fit together.
func (p *parser) checkInteraction(n int, in interaction) bool {
	if in.typeAt == 0 {
		return in.pattern == 0 && in.lists == 0 ||
			!p.fail(ruleInteractionNeeds, n, "an interaction needs an interactionType")
	}
	allowed, known := interactionLists[p.text(in.typeAt)]
	if !known {
		return !p.fail(ruleInteractionType, in.typeAt, "interactionType must be true-false, choice, fill-in, "+
			"long-fill-in, matching, performance, sequencing, likert, numeric or other, not "+p.quote(in.typeAt))
	}
	return in.lists&^allowed == 0 || !p.fail(ruleComponents, n,
		p.quote(in.typeAt)+" interactions do not have all of the component lists that are given here")
}

// checkComponents checks a list of interaction components.
func (p *parser) checkComponents(n int, in *interaction, list componentList) bool {
	in.lists |= list
	if !p.isArray(n) {
		return false
	}
	for e, end := p.elements(n); e < end; e = int(p.nodes[e].next) {
		if !p.checkComponent(e) {
			return false
		}
	}
	return p.checkComponentIDs(n)
}

func (p *parser) checkComponent(n int) bool {
	if !p.isObject(n) {
		return false
	}
	id := 0
	for k, end := p.members(n); k < end; k = p.after(k) {
		ok := true
		switch v := k + 1; p.text(k) {
		case "id":
			id = v
			ok = p.isString(v)
		case "description":
			ok = p.checkLanguageMap(v)
		default:
			ok = p.unknown(k, "an interaction component", []string{"id", "description"})
		}
		if !ok {
			return false
		}
	}
	return id != 0 || !p.fail(ruleComponentID, n, "an interaction component needs an id")
}

// checkComponentIDs looks for two equal ids in one list: pair by pair in short
// lists, through a map in long ones.
func (p *parser) checkComponentIDs(n int) bool {
	const few = 16
	var short [few]string
	var long map[string]struct{}
	count := 0
	for e, end := p.elements(n); e < end; e = int(p.nodes[e].next) {
		at := p.property(e, "id")
		if at == 0 {
			continue
		}
		id, twice := p.text(at), false
		if count < few {
			for _, other := range short[:count] {
				twice = twice || other == id
			}
			short[count] = id
		} else {
			if long == nil {
				long = make(map[string]struct{}, 4*few)
				for _, other := range short {
					long[other] = struct{}{}
				}
			}
			_, twice = long[id]
			long[id] = struct{}{}
		}
		count++
		if twice && p.fail(ruleComponentUnique, at, "another component of this list has the id "+p.quote(at)) {
			return false
		}
	}
	return true
}

// checkLanguageMap checks a language map.
func (p *parser) checkLanguageMap(n int) bool {
	if !p.isObject(n) {
		return false
	}
	for k, end := p.members(n); k < end; k = p.after(k) {
		if !isLanguageTag(p.text(k)) && p.fail(ruleLanguageTag, k,
			`the keys of a language map must be language tags such as "de" or "en-US", not `+p.quote(k)) {
			return false
		}
		if !p.isString(k + 1) {
			return false
		}
	}
	return true
}

// checkExtensions checks the keys of extensions; the values may be anything.
func (p *parser) checkExtensions(n int) bool {
	if !p.isObject(n) {
		return false
	}
	for k, end := p.members(n); k < end; k = p.after(k) {
		if !isIRI(p.text(k)) && p.fail(ruleExtensionIRI, k,
			`the keys of extensions must be IRIs such as "https://example.org/x", not `+p.quote(k)) {
			return false
		}
	}
	return true
}

// checkStrings checks an array of strings.
func (p *parser) checkStrings(n int) bool {
	if !p.isArray(n) {
		return false
	}
	for e, end := p.elements(n); e < end; e = int(p.nodes[e].next) {
		if !p.isString(e) {
			return false
		}
	}
	return true
}
