package proc

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv("PROC_TEST_ADDR"); addr != "" {
		http.HandleFunc("/ready", func(http.ResponseWriter, *http.Request) {})
		panic(http.ListenAndServe(addr, nil))
	}
	os.Exit(m.Run())
}

func TestStartMeasureStop(t *testing.T) {
	addr, err := FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(context.Background(), addr, "/ready", []string{"PROC_TEST_ADDR=" + addr}, os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if m := MemoryOf(p.PID()); m.Resident < 1<<20 || m.Peak < m.Resident {
		t.Errorf("memory %+v", m)
	}
	if _, err := p.Get("/nothing"); err == nil {
		t.Error("404 is no error")
	}
	p.Stop(5 * time.Second) // its end by a signal is an error, as it should be
	if _, err := p.Get("/ready"); err == nil {
		t.Error("still there")
	}
}

func TestStartTellsWhyNot(t *testing.T) {
	_, err := Start(context.Background(), "127.0.0.1:1", "/", nil, "sh", "-c", "echo the reason; exit 3")
	if err == nil || !strings.Contains(err.Error(), "the reason") {
		t.Fatal(err)
	}
}

func TestOwnFigures(t *testing.T) {
	for end := time.Now().Add(60 * time.Millisecond); time.Now().Before(end); {
	}
	if CPUOf(os.Getpid()) == 0 || Busy() == 0 {
		t.Error("no processor time")
	}
	if h := Describe(t.TempDir()); h.Cores < 1 || h.Memory == 0 || h.CPU == "unknown" || h.Disk == "unknown" {
		t.Errorf("%+v", h)
	}
}
