package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

//go:embed messages
var messageFiles embed.FS

// words is everything that pages say, in one language.
type words struct {
	lang     string // de or en
	messages map[string]string
}

// languages are the words by language.
var languages = map[string]*words{"de": readWords("de"), "en": readWords("en")}

// translatedRules are the rules of findings, what each means and what to do, in
// languages other than that of package manifest.
var translatedRules = map[string]map[string][2]string{"de": readRules("de")}

// translatedSentences are what the directory says, in languages other than English, by
// what it is in English: see directory.Said.
var translatedSentences = map[string]map[string]string{"de": readSentences("de")}

func readSentences(lang string) (sentences map[string]string) {
	text, err := messageFiles.ReadFile("messages/sentences." + lang + ".json")
	if err == nil {
		err = json.Unmarshal(text, &sentences)
	}
	if err != nil {
		panic("web: the sentences in " + lang + ": " + err.Error())
	}
	return sentences
}

func readRules(lang string) (rules map[string][2]string) {
	text, err := messageFiles.ReadFile("messages/rules." + lang + ".json")
	if err == nil {
		err = json.Unmarshal(text, &rules)
	}
	if err != nil {
		panic("web: the rules in " + lang + ": " + err.Error())
	}
	return rules
}

func readWords(lang string) *words {
	w := &words{lang: lang, messages: map[string]string{}}
	for _, file := range []string{lang, "directory." + lang} {
		text, err := messageFiles.ReadFile("messages/" + file + ".json")
		if err == nil {
			err = json.Unmarshal(text, &w.messages) // beside what is there
		}
		if err != nil {
			panic("web: the messages in " + file + ": " + err.Error()) // they are in the program
		}
	}
	return w
}

// t is the message of a key, with {0}, {1}, … replaced. A test holds that every
// key is there.
func (w *words) t(key string, args ...any) string {
	text, ok := w.messages[key]
	if !ok {
		return "[" + key + "]"
	}
	for i, arg := range args {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), w.arg(arg))
	}
	return text
}

// tn is the message for a number: that of key.one or key.other, whose {0} is the
// number.
func (w *words) tn(key string, n int, args ...any) string {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return w.t(key+form, append([]any{n}, args...)...)
}

func (w *words) has(key string) bool {
	_, ok := w.messages[key]
	return ok
}

func (w *words) arg(v any) string {
	switch v := v.(type) {
	case int:
		return w.integer(int64(v))
	case int64:
		return w.integer(v)
	}
	return fmt.Sprint(v)
}
