package teams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// fragment is how much of a file goes in one call: a multiple of 320 KiB (OneDrive:
	// Upload large files with an upload session).
	fragment = 16 * 320 << 10
	// uploadTries bounds how often one fragment is sent.
	uploadTries = 3
	// uploadTime is the longest that a fragment may take.
	uploadTime = 45 * time.Second
	// uploadPause is waited before a fragment is sent again, and no longer than
	// longestUploadPause.
	uploadPause        = time.Second
	longestUploadPause = 30 * time.Second
)

// Upload puts a file of size bytes to the address that came with the person's
// consent. The address itself is the permission, so no token goes along; its host,
// and that of the address where the file is then shown, must be one of
// Options.FileHosts. Its error is an [*Error].
func (c *Connector) Upload(ctx context.Context, to FileAnswer, from io.ReaderAt, size int64) error {
	u, err := c.fileURL(to.UploadURL)
	if err == nil {
		_, err = c.fileURL(to.Saved.URL)
	}
	if err != nil {
		return &Error{Call: "upload", Code: "address refused", Action: Fix, cause: err}
	}
	if size <= 0 {
		return &Error{Call: "upload", Code: "empty file", Action: Fix}
	}
	for first := int64(0); first < size; first += fragment {
		part := io.NewSectionReader(from, first, min(fragment, size-first))
		if err := c.putAgain(ctx, u, part, first, size); err != nil {
			return err
		}
	}
	return nil
}

// fileURL checks an address that a client has sent. It may have a query, which is
// the permission.
func (c *Connector) fileURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("address of a file cannot be parsed")
	}
	bare := *u
	bare.RawQuery, bare.ForceQuery = "", false
	if _, err := c.files.allowed(bare.String()); err != nil {
		return "", fmt.Errorf("address of a file: %w", err)
	}
	return u.String(), nil
}

// putAgain puts one fragment, again where the host had no time for it.
func (c *Connector) putAgain(ctx context.Context, address string, part *io.SectionReader, first, size int64) error {
	for tries := 1; ; tries++ {
		e := c.put(ctx, address, part, first, size)
		if e == nil {
			c.options.Observe("upload", "")
			return nil
		}
		if tries > 1 && e.Status == http.StatusRequestedRangeNotSatisfiable {
			return nil // the host has it: only its answer was lost
		}
		c.report(ctx, e, tries)
		if e.Action != Wait && e.Action != Retry || tries == uploadTries || e.After > longestUploadPause {
			return e
		}
		if err := c.wait(ctx, max(e.After, uploadPause)); err != nil {
			return e
		}
	}
}

func (c *Connector) put(ctx context.Context, address string, part *io.SectionReader, first, size int64) *Error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, address, io.NewSectionReader(part, 0, part.Size()))
	if err != nil {
		return &Error{Call: "upload", Code: "address refused", Action: Fix, cause: err}
	}
	req.ContentLength = part.Size()
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, first+part.Size()-1, size))
	resp, err := c.upload.Do(req)
	if err != nil {
		return &Error{Call: "upload", Code: "no answer", Action: Retry, cause: withoutAddress(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted:
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorAnswer)) // half an explanation is better than none
	return answered("upload", resp, body, c.options.Now())
}

// withoutAddress takes the address out of a client's error: it may be a permission,
// or name a person, and errors go to the log.
func withoutAddress(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
