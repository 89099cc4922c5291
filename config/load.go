package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// File is the name of the configuration file in the working directory.
const File = "lernspur.yaml"

// flagValue is a flag that only keeps its text; it is judged with all others.
type flagValue struct {
	text string
	kind kind
}

func (f *flagValue) String() string     { return f.text }
func (f *flagValue) Set(s string) error { f.text = s; return nil }
func (f *flagValue) Type() string       { return f.kind.name() }

// Flags adds --config and a flag for every key that is no secret.
func Flags(set *pflag.FlagSet) {
	set.String("config", "", "configuration file (default "+File+" if it is there)")
	for _, k := range keys {
		if k.flag() != "" {
			set.Var(&flagValue{text: k.def, kind: k.kind}, k.flag(), k.help)
		}
	}
}

// Load reads file, environment and flags and validates what comes out. The flags
// are those of Flags, after parsing; nil for none. The error joins everything
// that is wrong; each part names its key, where it came from, and what was
// expected. No error holds a secret.
func Load(flags *pflag.FlagSet) (*Config, error) {
	v := viper.New()
	v.SetConfigType("yaml")
	problems := []error{readFile(v, flags)}
	if problems[0] == nil {
		problems = append(problems, unknownKeys(v)...)
	}
	c := &Config{sources: map[string]Source{}, Warnings: unknownVariables(os.Environ())}
	bad := map[string]bool{}
	for _, k := range keys {
		source, from := origin(v, k, flags)
		bind(v, k, flags)
		c.sources[k.name] = source
		if err := take(v.Get(k.name), k, c, from); err != nil {
			problems = append(problems, err)
			bad[k.name] = true
			_ = k.kind.set(k.field(c), k.def) // so that nothing is reported twice
		}
	}
	problems = append(problems, c.validate(bad)...)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return c, nil
}

// readFile reads the file of --config, which has to be there, or the one in the
// working directory, which need not.
func readFile(v *viper.Viper, flags *pflag.FlagSet) error {
	name, asked := File, false
	if flags != nil {
		if f := flags.Lookup("config"); f != nil && f.Changed {
			name, asked = f.Value.String(), true
		}
	}
	v.SetConfigFile(name)
	err := v.ReadInConfig()
	var missing viper.ConfigFileNotFoundError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist) || errors.As(err, &missing):
		if asked {
			return fmt.Errorf("config: expected a configuration file, but %s does not exist", name)
		}
		return nil
	default:
		// The parser quotes what it stumbled over, and that may be a secret.
		return fmt.Errorf("config: %s: expected YAML: %s", name, quotes.ReplaceAllString(err.Error(), "`…`"))
	}
}

var quotes = regexp.MustCompile("`[^`]*`")

// bind tells viper the sources of a key; its order is flag, environment, file,
// default.
func bind(v *viper.Viper, k key, flags *pflag.FlagSet) {
	v.SetDefault(k.name, k.def)
	_ = v.BindEnv(k.name, k.env()) // fails without a key only
	if flags != nil && k.flag() != "" {
		if f := flags.Lookup(k.flag()); f != nil {
			_ = v.BindPFlag(k.name, f) // fails without a flag only
		}
	}
}

// origin says where the value of a key comes from, also in words. It is asked
// before bind: then viper knows the file only.
func origin(v *viper.Viper, k key, flags *pflag.FlagSet) (Source, string) {
	if flags != nil && k.flag() != "" {
		if f := flags.Lookup(k.flag()); f != nil && f.Changed {
			return FromFlag, "--" + k.flag()
		}
	}
	if os.Getenv(k.env()) != "" {
		return FromEnvironment, k.env()
	}
	if v.Get(k.name) != nil {
		return FromFile, v.ConfigFileUsed()
	}
	return FromDefault, "default"
}

// take puts a value from any source into its field.
func take(value any, k key, c *Config, from string) error {
	text, ok := scalar(value)
	_, isText := value.(string)
	if _, quoted := k.kind.(interface{ quoted() }); ok && quoted && !isText {
		return fmt.Errorf("%s (%s): expected %s, in quotes, since YAML reads it as something else", k.name, from, k.kind.expected())
	}
	if _, list := k.kind.(interface{ listed() }); !ok && list {
		text, ok = joined(value)
	}
	if !ok || k.kind.set(k.field(c), text) != nil {
		return complaint(k, from, fmt.Sprint(value))
	}
	if k.kind.check(k.field(c)) != nil {
		return complaint(k, from, text)
	}
	return nil
}

// complaint is the one form of an error about one value.
func complaint(k key, from, got string) error {
	if k.secret {
		return fmt.Errorf("%s (%s): expected %s; what is there is not shown", k.name, from, k.kind.expected())
	}
	if len(got) > 100 {
		got = got[:100] + "…"
	}
	return fmt.Errorf("%s (%s): expected %s, got %q", k.name, from, k.kind.expected(), got)
}

// scalar is the text of a single value; ok is false for lists and sections.
func scalar(value any) (text string, ok bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case int, int64, uint64, float64, bool:
		return fmt.Sprint(value), true
	}
	return "", false
}

// joined is a list of single values, with commas.
func joined(value any) (text string, ok bool) {
	list, ok := value.([]any)
	var parts []string
	for _, item := range list {
		s, single := scalar(item)
		if !single || strings.Contains(s, ",") {
			return "", false
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ","), ok
}

// unknownKeys complains about everything in the file that is no key, with the
// nearest one.
func unknownKeys(v *viper.Viper) []error {
	var problems []error
	names := v.AllKeys()
	slices.Sort(names)
	for _, name := range names {
		if v.Get(name) == nil || slices.ContainsFunc(keys, func(k key) bool { return k.name == name }) {
			continue // nothing there, as in a section whose lines are all comments
		}
		if inside := section(name); len(inside) > 0 {
			problems = append(problems, fmt.Errorf("%s (%s): expected a section with %s",
				name, v.ConfigFileUsed(), strings.Join(inside, ", ")))
			continue
		}
		if whole, _, found := strings.Cut(name, "."); found && slices.ContainsFunc(keys, func(k key) bool { return k.name == whole }) {
			continue // a section where one value belongs: that key complains itself
		}
		problems = append(problems, fmt.Errorf("%s (%s): expected a known key%s", name, v.ConfigFileUsed(), suggestion(name, keyNames())))
	}
	return problems
}

// section lists the keys inside a section.
func section(name string) []string {
	var inside []string
	for _, k := range keys {
		if strings.HasPrefix(k.name, name+".") {
			inside = append(inside, k.name)
		}
	}
	return inside
}

func keyNames() []string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	return names
}

// unknownVariables warns of LERNSPUR_* that set nothing. It is no error: the
// environment belongs to others as well.
func unknownVariables(environ []string) []string {
	var known, warnings []string
	for _, k := range keys {
		known = append(known, k.env())
	}
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			warnings = append(warnings, "the environment variable "+name+" sets nothing"+suggestion(name, known))
		}
	}
	slices.Sort(warnings)
	return warnings
}
