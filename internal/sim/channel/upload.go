package channel

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// Bounds of an upload (OneDrive: Upload large files with an upload session).
const (
	fragmentUnit = 320 << 10 // every fragment but the last is a multiple of it
	maxFile      = 64 << 20
)

// filesPath is where files are put.
const filesPath = "/files/"

// File is one that the bot put into a person's OneDrive.
type File struct {
	Name    string `json:"name"`
	URL     string `json:"contentUrl"`
	Content []byte `json:"content"`
}

// upload is a file on its way.
type upload struct {
	chat *chat
	file File
	done bool
}

// filesURL is an address below the files of this host.
func (c *Channel) filesURL(below string, query url.Values) string {
	base, err := url.Parse(c.options.ServiceURL)
	if err != nil {
		return ""
	}
	base.Path, base.RawQuery = filesPath+below, query.Encode()
	return base.String()
}

func fileType(name string) string { return strings.TrimPrefix(path.Ext(name), ".") }

// put takes in a fragment of a file. The address is the permission: a token beside
// it is refused, as OneDrive does.
func (c *Channel) put(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutPrefix(r.URL.Path, filesPath+"upload/")
	if !ok || r.Method != http.MethodPut || r.URL.Query().Get("tempauth") == "" {
		http.NotFound(w, r)
		return
	}
	if r.Header.Get("Authorization") != "" {
		fileFault(w, http.StatusUnauthorized, "unauthenticated", "An upload session takes no Authorization header.")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxFile))
	if err != nil {
		fileFault(w, http.StatusBadRequest, "invalidRequest", "The fragment could not be read.")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.uploads[id]
	if u == nil || u.done {
		fileFault(w, http.StatusNotFound, "itemNotFound", "The upload session was not found")
		return
	}
	c.take(w, u, r.Header.Get("Content-Range"), body)
}

// take adds a fragment to a file; the caller holds the lock.
func (c *Channel) take(w http.ResponseWriter, u *upload, ranged string, body []byte) {
	first, last, total, ok := contentRange(ranged)
	held := int64(len(u.file.Content))
	switch {
	case !ok || last-first+1 != int64(len(body)) || total > maxFile:
		fileFault(w, http.StatusBadRequest, "invalidRequest", "The Content-Range does not fit the fragment.")
		return
	case first != held:
		fileFault(w, http.StatusRequestedRangeNotSatisfiable, "invalidRange", "Expected the fragment that begins at "+strconv.FormatInt(held, 10))
		return
	case last+1 < total && len(body)%fragmentUnit != 0:
		fileFault(w, http.StatusBadRequest, "invalidRequest", "Fragments are multiples of 320 KiB.")
		return
	}
	u.file.Content = append(u.file.Content, body...)
	if last+1 < total {
		reply(w, http.StatusAccepted, map[string]any{"nextExpectedRanges": []string{fmt.Sprintf("%d-%d", last+1, total-1)}})
		return
	}
	u.done = true
	u.chat.files = append(u.chat.files, u.file)
	c.changed()
	reply(w, http.StatusCreated, map[string]any{"name": u.file.Name, "size": total, "webUrl": u.file.URL})
}

// contentRange reads "bytes 0-25/128".
func contentRange(text string) (first, last, total int64, ok bool) {
	n, err := fmt.Sscanf(text, "bytes %d-%d/%d", &first, &last, &total)
	return first, last, total, err == nil && n == 3 && first >= 0 && last >= first && last < total
}

func fileFault(w http.ResponseWriter, status int, code, message string) {
	reply(w, status, map[string]any{"error": map[string]string{"code": code, "message": message}})
}
