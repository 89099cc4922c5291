package attendance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"lernspur/statements"
)

func identifier(t *testing.T, actor string) string {
	t.Helper()
	id, err := statements.AgentIdentifier([]byte(actor), statements.V1)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestLists: the tables that people have, read as they mean them.
func TestLists(t *testing.T) {
	ada := identifier(t, `{"mbox":"mailto:ada@town.example"}`)
	eve := identifier(t, `{"account":{"homePage":"https://town.example","name":"4711"}}`)
	latin, err := charmap.Windows1252.NewEncoder().String("Kennung;Name;Anwesend\n4711;Jörg Groß;ja\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, list, want string }{
		{"commas", "identifier,name,attended\nAda@Town.example,Ada,yes\n4711,Eve,no\n", ada + "/Ada/true/0 " + eve + "/Eve/false/0"},
		{"a byte-order mark, semicolons, other order", "\ufeffName;E-Mail;Anwesend\r\n\"Example; Ada\";ada@town.example;x\r\n", ada + "/Example; Ada/true/0"},
		{"Windows-1252", latin, eve + "/Jörg Groß/true/0"},
		{"tabs, minutes, one minute, none", "account\tminutes\n4711\t1\nada@town.example\t0\n", eve + "//true/1 " + ada + "//false/0"},
		{"minutes with a unit, beside a yes as 1", "mail,attended\nada@town.example,45 min\n4711,1\n", ada + "//true/45 " + eve + "//true/0"},
		{"no column says who attended", "mail\nada@town.example\n\n4711\n", ada + "//true/0 " + eve + "//true/0"},
		{"an empty value is a no, a short line too", "mail,attended\nada@town.example,\n4711\n", ada + "//false/0 " + eve + "//false/0"},
		{"other columns do not matter", "room,mail\nA,ada@town.example\n", ada + "//true/0"},
		{"headings only", "mail,name\n", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			entries, faults := ReadList([]byte(tc.list), "https://town.example", 90)
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprintf("%s/%s/%v/%d", e.Learner.Identifier, e.Learner.Name, e.Attended, e.Minutes))
			}
			if strings.Join(got, " ") != tc.want || faults != nil {
				t.Errorf("%q, want %q; %v", got, tc.want, faults)
			}
		})
	}
}

// TestFaultsOfLists: every fault is found, with its place.
func TestFaultsOfLists(t *testing.T) {
	for _, tc := range []struct{ name, list, want string }{
		{"nothing", "", "1:0"},
		{"no identifier among the headings", "name,attended\nAda,yes\n", "1:0"},
		{"a heading twice", "mail,identifier\na@b.example,c\n", "1:2"},
		{"several", "name,mail,attended\nAda,,yes\nEve,eve@,maybe\nMax,max@town.example,91\nMax,max@town.example,yes\n", "2:2 3:2 3:3 4:3 5:2"},
		{"a quote within", "mail\na\"b@town.example\n", "2:0"},
		{"a value over two lines counts as the line it begins in", "mail,name\n\"ada@town.example\",\"A\nB\"\nx y@town.example,\n", "4:1"},
		{"negative minutes", "mail,minutes\nada@town.example,-5\n", "2:2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			entries, faults := ReadList([]byte(tc.list), "https://town.example", 90)
			var got []string
			for _, f := range faults {
				if f.Message == "" {
					t.Error("a fault without words")
				}
				got = append(got, fmt.Sprintf("%d:%d", f.Line, f.Column))
			}
			if strings.Join(got, " ") != tc.want || entries != nil {
				t.Errorf("%v, want %s", faults, tc.want)
			}
		})
	}
	var long strings.Builder
	long.WriteString("account\n")
	for i := range MaxEntries + 1 {
		fmt.Fprintf(&long, "%d\n", i)
	}
	if _, faults := ReadList([]byte(long.String()), "https://town.example", 90); len(faults) != 1 || faults[0].Line != MaxEntries+2 {
		t.Errorf("a long list: %v", faults)
	}
	if _, faults := ReadList([]byte("mail\n"+strings.Repeat("@\n", 1000)), "https://town.example", 90); len(faults) != maxFaults {
		t.Errorf("%d faults", len(faults))
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte("mail;name;anwesend\nada@town.example;Ada;ja\n"))
	f.Add([]byte("account\tminutes\n1\t5\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, faults := ReadList(data, "https://town.example", 90)
		if len(faults) > 0 && entries != nil || len(faults) > maxFaults+2 {
			t.Errorf("%d entries and %d faults", len(entries), len(faults))
		}
		se := &Session{Minutes: 90}
		if err := Check(se, entries); err != nil {
			t.Errorf("a list is taken that cannot be recorded: %v", err)
		}
	})
}

func TestCodesAsTheyAreTyped(t *testing.T) {
	code, err := newCode()
	if err != nil || len(code) != 9 || code[4] != '-' {
		t.Fatal(code, err)
	}
	plain, ok := normal(code)
	for _, typed := range []string{code, strings.ToLower(code), " " + code[:2] + " " + code[2:] + " ", strings.ReplaceAll(code, "-", "")} {
		if got, is := normal(typed); got != plain || !is || !ok {
			t.Errorf("%q is %q, want %q", typed, got, plain)
		}
	}
	for _, wrong := range []string{"", "ABCD", "ABCD-EFG1", "ABCD-EFG0", "ABCD-EFGHJ", "ÄBCD-EFGH", strings.Repeat("-", 100)} {
		if _, is := normal(wrong); is {
			t.Errorf("%q is taken for a code", wrong)
		}
	}
	if again, _ := newCode(); again == code {
		t.Error("the same code twice")
	}
}

// TestTries: ten wrong codes, then one a minute; others are not held up, until
// everybody together has entered too many.
func TestTries(t *testing.T) {
	var tr tries
	now := time.UnixMicro(1_750_000_000_000_000)
	for i := range learnerTries {
		if w := tr.wait("t", "ada", now); w != 0 {
			t.Fatalf("after %d: %s", i, w)
		}
		tr.wrong("t", "ada", now)
	}
	if w := tr.wait("t", "ada", now); w < 59*time.Second || w > time.Minute {
		t.Errorf("after ten: %s", w)
	}
	if w := tr.wait("t", "eve", now); w != 0 {
		t.Errorf("somebody else: %s", w)
	}
	if w := tr.wait("t", "ada", now.Add(61*time.Second)); w != 0 {
		t.Errorf("a minute later: %s", w)
	}
	for i := range maxTriers + 100 {
		tr.wrong("t", fmt.Sprint(i), now)
	}
	if w := tr.wait("t", "new", now); w == 0 {
		t.Error("everybody together may enter any number")
	}
	if w := tr.wait("other", "new", now); w != 0 {
		t.Errorf("another tenant: %s", w)
	}
	if len(tr.by) > maxTriers {
		t.Errorf("%d are remembered", len(tr.by))
	}
}

func TestPendingGrows(t *testing.T) {
	first, err := with(nil, []object{{"a": 1}})
	if err != nil {
		t.Fatal(err)
	}
	both, err := with(first, []object{{"b": 2}, {"c": json.Number("3")}})
	if err != nil || string(both) != `[{"a":1},{"b":2},{"c":3}]` {
		t.Errorf("%s %v", both, err)
	}
}
