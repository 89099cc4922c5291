package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"lernspur/admin"
	"lernspur/directory"
	"lernspur/statements"
	"lernspur/transfer"
)

const importHelp = `Store the statements of files: a JSON array, NDJSON, or JSON objects one after the other; plain or gzip; "-" is standard input.

Every statement is checked as if it had been posted. It keeps its id and its timestamp; it gets a new stored time and, as
from every record store, the authority of the API key in whose name it is stored. With --keep-authority an authority that
was sent is kept instead: for moving statements whose origin you trust.

A statement whose attachment has no fileUrl is stored only with the bytes: from the folder that --attachments names, where each
file has the SHA-2 hash of its bytes as its name, or from an import before.

An import that was interrupted goes on where it stopped when it is started again. Nothing is stored twice by that, nor by
importing a file again: statements without an id get one that follows from the file.`

// saveEvery is how often an import remembers how far it is.
const saveEvery = time.Second

// busyPatience is how long an import waits for a server that takes nothing.
const busyPatience = 5 * time.Minute

type importFlags struct {
	tenant, key, version     string
	attachments              string
	keepAuthority, keepGoing bool
	anew                     bool
}

func importCommand() *cobra.Command {
	var flags importFlags
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Store the statements of files (JSON array, NDJSON, gzip; - for standard input)",
		Long:  importHelp,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			ask, err := flags.request()
			if err != nil {
				return err
			}
			return asking(cmd, true, func(s *session) error {
				failed := false
				uploads := newUploads(s.Client, ask.Tenant, flags.attachments)
				for _, file := range files {
					i := &importer{session: s, cmd: cmd, ask: ask, file: file, anew: flags.anew, attachments: uploads}
					some, err := i.run(cmd.Context())
					if err != nil {
						return err
					}
					failed = failed || some
				}
				if failed {
					return errReported
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&flags.tenant, "tenant", directory.DefaultTenant, "tenant to store the statements in")
	f.StringVar(&flags.attachments, "attachments", "", "folder that has the bytes of attachments, each file named by its SHA-2 hash")
	f.StringVar(&flags.key, "as", "", "API key in whose name they are stored (default: the tenant's oldest)")
	f.StringVar(&flags.version, "xapi-version", "1.0.3", "version of xAPI whose rules are applied: 1.0.3 or 2.0.0")
	f.BoolVar(&flags.keepAuthority, "keep-authority", false, "keep an authority that was sent")
	f.BoolVar(&flags.keepGoing, "keep-going", false, "go on behind statements that cannot be stored")
	f.BoolVar(&flags.anew, "from-start", false, "begin at the start even if an earlier import stopped further on")
	return cmd
}

func (f importFlags) request() (admin.ImportRequest, error) {
	ask := admin.ImportRequest{Tenant: f.tenant, Key: f.key, KeepAuthority: f.keepAuthority, KeepGoing: f.keepGoing}
	switch f.version {
	case "1.0", "1.0.0", "1.0.1", "1.0.2", "1.0.3":
		ask.Edition = statements.V1
	case "2.0", "2.0.0":
		ask.Edition = statements.V2
	default:
		return ask, fmt.Errorf("--xapi-version: expected 1.0.3 or 2.0.0, got %q", f.version)
	}
	return ask, nil
}

// importer imports one file.
type importer struct {
	*session
	cmd  *cobra.Command
	ask  admin.ImportRequest
	file string
	anew bool

	attachments *uploads
	bookmark    *transfer.Bookmark // nil for standard input
	saved       time.Time
	bar         *progressbar.ProgressBar
}

// run imports the file; failed tells that some statement was not taken, which
// has been reported.
func (i *importer) run(ctx context.Context) (failed bool, err error) {
	src, size, err := i.openFile()
	if err != nil {
		return false, err
	}
	defer src.Close()
	var begin transfer.Memory
	if i.bookmark != nil && !i.anew {
		if begin, err = i.bookmark.Load(); err != nil {
			return false, err
		}
		if begin.State.Index > 0 {
			fmt.Fprintf(i.cmd.ErrOrStderr(), "%s: going on behind statement %d\n", i.file, begin.State.Index)
		}
	}
	i.bar = newBar(i.cmd.ErrOrStderr(), size, "importing "+filepath.Base(i.file))
	unpacked, err := transfer.Unpack(io.TeeReader(src, i.bar))
	if err != nil {
		return false, fmt.Errorf("%s: %w", i.file, err)
	}
	reader, err := transfer.NewReader(unpacked, begin.State)
	if err != nil {
		return false, fmt.Errorf("%s: %w", i.file, err)
	}
	begin.File = i.file
	job := &transfer.Job{Reader: reader, Send: i.send, KeepGoing: i.ask.KeepGoing, Failed: i.failed, Acknowledged: i.acknowledged, Memory: begin}
	err = job.Run(ctx)
	_ = i.bar.Clear() // only for the eye
	return i.finish(job.Memory, err)
}

// finish says what became of the file.
func (i *importer) finish(m transfer.Memory, err error) (failed bool, _ error) {
	out := i.cmd.OutOrStdout()
	if err == nil && i.bookmark != nil {
		err = i.bookmark.Clear()
	} else if err != nil && i.bookmark != nil {
		err = errors.Join(err, i.bookmark.Save(m))
	}
	if err == nil {
		fmt.Fprintf(out, "%s: %d statements stored, %d not\n", i.file, m.Accepted, m.Failed)
		return m.Failed > 0, nil
	}
	fmt.Fprintf(out, "%s: stopped; %d statements stored so far\n", i.file, m.Accepted)
	if errors.Is(err, transfer.ErrFailed) {
		fmt.Fprintln(i.cmd.ErrOrStderr(), "--keep-going goes on behind such statements")
		return true, errReported
	}
	return true, fmt.Errorf("%s: %w", i.file, err)
}

// openFile opens the file and finds the bookmark of its content.
func (i *importer) openFile() (src io.ReadCloser, size int64, err error) {
	if i.file == "-" {
		return io.NopCloser(i.cmd.InOrStdin()), -1, nil
	}
	f, err := os.Open(i.file)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return f, -1, nil // a pipe cannot be read twice
	}
	dir := filepath.Join(i.dataDir, "imports")
	i.bookmark, err = transfer.NewBookmark(dir, f, i.ask.Tenant, strconv.Itoa(int(i.ask.Edition)))
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("%s: %w", i.file, err)
	}
	return f, info.Size(), nil
}

// send stores a batch, as often as it takes.
func (i *importer) send(ctx context.Context, batch [][]byte) (transfer.Verdict, error) {
	for begun := time.Now(); ; {
		var result admin.ImportResult
		err := i.attachments.send(ctx, batch)
		if err == nil {
			result, err = i.Import(ctx, i.ask, batch)
		}
		var busy *admin.Busy
		if errors.As(err, &busy) && time.Since(begun) < busyPatience {
			select {
			case <-time.After(busy.RetryAfter):
				continue
			case <-ctx.Done():
				return transfer.Verdict{}, ctx.Err()
			}
		}
		v := transfer.Verdict{Accepted: result.Accepted}
		for _, f := range result.Failures {
			v.Failures = append(v.Failures, transfer.Failure{Index: f.Index, Message: failureText(f)})
		}
		return v, err
	}
}

// failureText says what is wrong with a statement and which rule says so.
func failureText(f admin.Failure) string {
	if len(f.Violations) > 0 {
		return fmt.Sprintf("%s (%s)", f.Message, f.Violations[0].Rule)
	}
	return f.Message
}

func (i *importer) failed(e transfer.Element, message string) {
	_ = i.bar.Clear()
	fmt.Fprintf(i.cmd.ErrOrStderr(), "%s: line %d, statement %d: %s\n", i.file, e.Line, e.Index+1, message)
}

// acknowledged remembers now and then how far the import is.
func (i *importer) acknowledged(m transfer.Memory) {
	if i.bookmark == nil || time.Since(i.saved) < saveEvery {
		return
	}
	i.saved = time.Now()
	if err := i.bookmark.Save(m); err != nil {
		fmt.Fprintln(i.cmd.ErrOrStderr(), "lernspur: what was imported is not remembered:", err)
	}
}

// newBar shows how far a command is, on a terminal. size -1 is not known.
func newBar(w io.Writer, size int64, what string) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	visible := ok && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
}
