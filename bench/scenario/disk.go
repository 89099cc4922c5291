package scenario

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"lernspur/bench/result"
)

// disk reads what the store takes, beside the same statements in a file.
func (e *Env) disk(ctx context.Context, n int64, sample int) (d result.Disk, err error) {
	rows, err := e.admin.Query(ctx, `SELECT table, sum(rows), sum(bytes_on_disk), count() FROM system.parts
		WHERE active AND database = currentDatabase() GROUP BY table ORDER BY 3 DESC`)
	if err != nil {
		return d, err
	}
	defer rows.Close()
	for rows.Next() {
		var t result.Table
		var parts uint64
		if err := rows.Scan(&t.Name, &t.Rows, &t.Bytes, &parts); err != nil {
			return d, err
		}
		t.PerOne = float64(t.Bytes) / float64(n)
		d.Parts += parts
		d.Tables = append(d.Tables, t)
	}
	if err := rows.Err(); err != nil {
		return d, err
	}
	for i := range d.Tables {
		if d.Tables[i].Columns, err = e.columns(ctx, d.Tables[i].Name, n); err != nil {
			return d, err
		}
	}
	d.Folder, d.LogSize = folderSize(filepath.Join(e.opts.Dir, "clickhouse")), folderSize(filepath.Join(e.opts.Dir, "server"))
	d.Sample = sample
	d.NDJSON, d.Zstd19, err = e.zstd19(ctx, sample)
	return d, err
}

// columns are the five largest columns of a table.
func (e *Env) columns(ctx context.Context, table string, n int64) (all []result.Column, err error) {
	rows, err := e.admin.Query(ctx, `SELECT name, data_compressed_bytes FROM system.columns
		WHERE database = currentDatabase() AND table = '`+table+`' AND data_compressed_bytes > 0 ORDER BY 2 DESC LIMIT 5`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var bytes uint64
		if err := rows.Scan(&name, &bytes); err != nil {
			return nil, err
		}
		all = append(all, result.Column{Name: name, PerOne: float64(bytes) / float64(n)})
	}
	return all, rows.Err()
}

// zstd19 compresses the generator's first n statements as NDJSON and returns
// bytes per statement before and after. The zstd program makes its level 19;
// without it the best level of the library stands in, which is a little weaker.
func (e *Env) zstd19(ctx context.Context, n int) (plain, packed float64, err error) {
	path := filepath.Join(e.opts.Dir, "sample.ndjson")
	defer os.Remove(path)
	defer os.Remove(path + ".zst")
	size, err := e.writeSample(path, n)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if _, err := exec.LookPath("zstd"); err == nil {
		if out, err := exec.CommandContext(ctx, "zstd", "-19", "-T0", "-q", "-f", path, "-o", path+".zst").CombinedOutput(); err != nil {
			return 0, 0, fmt.Errorf("zstd: %w: %s", err, out)
		}
	} else if err := packWithLibrary(path); err != nil {
		return 0, 0, err
	}
	info, err := os.Stat(path + ".zst")
	if err != nil {
		return 0, 0, err
	}
	e.logf("zstd -19 of %d statements took %.0f s", n, time.Since(began).Seconds())
	return float64(size) / float64(n), float64(info.Size()) / float64(n), nil
}

func (e *Env) writeSample(path string, n int) (size int64, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	var line []byte
	for i := range uint64(n) {
		line = append(e.gen.Append(line[:0], i), '\n')
		size += int64(len(line))
		if _, err := w.Write(line); err != nil {
			return 0, err
		}
	}
	return size, w.Flush()
}

func packWithLibrary(path string) error {
	in, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return err
	}
	return os.WriteFile(path+".zst", encoder.EncodeAll(in, nil), 0o600)
}

// folderSize adds up the files of a folder; what vanishes meanwhile, as merged
// parts do, is left out.
func folderSize(dir string) (total int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			total += info.Size()
		}
		return nil
	})
	return total
}
