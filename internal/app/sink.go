package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// newSink makes the sink at an address: "stdout", "file:" with a path, or https.
func (a *App) newSink(to string) (sink, error) {
	if to == "stdout" {
		return a.printed, nil
	}
	if path, ok := strings.CutPrefix(to, "file:"); ok {
		return func(_ context.Context, lines []byte) error { return appendTo(path, lines) }, nil
	}
	if !strings.HasPrefix(to, "https://") {
		return nil, errors.New("must be stdout, file: with a path, or https://…")
	}
	client := *a.client
	// A redirect would carry the audit, and the token, to an address nobody chose.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return collector{to, a.config.AuditStream.Token, &client}.take, nil
}

// printed writes lines to standard output.
func (a *App) printed(_ context.Context, lines []byte) error {
	_, err := a.options.Out.Write(lines)
	return err
}

// appendTo writes lines to the end of a file, for certain. It is opened anew each
// time: whoever rotates it need tell nobody. A line that a crash has left half
// written is ended first; it comes again whole.
func appendTo(path string, lines []byte) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() { // a pipe has no end to look at, and keeps nothing
		_, err = file.Write(lines)
		return err
	}
	torn, err := half(file)
	if err != nil {
		return err
	}
	if torn {
		lines = append([]byte("\n"), lines...)
	}
	if _, err := file.Write(lines); err != nil {
		return err
	}
	return file.Sync()
}

// half tells whether a file ends without a line break.
func half(file *os.File) (bool, error) {
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil || size == 0 {
		return false, err
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], size-1)
	return last[0] != '\n', err
}

// collector is a server that takes lines as newline-delimited JSON.
type collector struct {
	url   string
	token string
	http  *http.Client
}

// take posts lines. Any 2xx says that they were taken.
func (c collector) take(ctx context.Context, lines []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(lines))
	if err != nil {
		return errors.New("the collector's address cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err // the address may hold what is nobody's business
		}
		return fmt.Errorf("collector: %w", err)
	}
	defer resp.Body.Close()                                       //nolint:errcheck // its status says it all
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again
	if resp.StatusCode/100 == 2 {
		return nil
	}
	e := access.Fail(access.Unavailable, "The collector answered %d.", resp.StatusCode)
	if s, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 16); err == nil {
		e.After = time.Duration(s) * time.Second
	}
	return e
}
