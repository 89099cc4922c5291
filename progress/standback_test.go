package progress

import (
	"context"
	"errors"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// settingsConn answers one question, with a number or an error, and counts how often it is asked.
type settingsConn struct {
	driver.Conn
	n     uint64
	err   error
	asked int
}

func (c *settingsConn) QueryRow(context.Context, string, ...any) driver.Row {
	c.asked++
	return settingsRow{c: c}
}

type settingsRow struct {
	driver.Row
	c *settingsConn
}

func (r settingsRow) Scan(dest ...any) error {
	*dest[0].(*uint64) = r.c.n
	return r.c.err
}

// TestStandsBack: what the server says settles it, a lost connection does not.
func TestStandsBack(t *testing.T) {
	for name, c := range map[string]struct {
		conn  *settingsConn
		want  bool
		asked int
	}{
		"merges stand back":           {&settingsConn{n: 1}, true, 1},
		"merges do not":               {&settingsConn{}, false, 1},
		"the server refuses to say":   {&settingsConn{err: &clickhouse.Exception{Code: 497, Message: "Not enough privileges"}}, false, 1},
		"the connection has been cut": {&settingsConn{err: errors.New("EOF")}, false, 2},
	} {
		p := New(Dependencies{Conn: c.conn})
		for range 2 {
			if got := p.standsBack(context.Background()); got != c.want {
				t.Errorf("%s: %t", name, got)
			}
		}
		if c.conn.asked != c.asked {
			t.Errorf("%s: asked %d times, not %d", name, c.conn.asked, c.asked)
		}
	}
}
