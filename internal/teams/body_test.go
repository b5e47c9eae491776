package teams

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBodyBounds(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := door(t, f.receiver(t))
	token := f.good(t)
	good := encoded(t, press())
	into := func(member string) string { return strings.Replace(good, "{", "{"+member+",", 1) }
	tests := map[string]struct {
		body, contentType string
		status            int
		code              string
	}{
		"just as it should be":    {good, "application/json", 200, ""},
		"with charset":            {good, `application/json;charset="UTF-8"`, 200, ""},
		"over 1 MiB":              {into(`"x":"` + strings.Repeat("x", BodyLimit) + `"`), "application/json", 413, "body too large"},
		"just under 1 MiB":        {into(`"x":"` + strings.Repeat("x", BodyLimit-len(good)-7) + `"`), "application/json", 200, ""},
		"text":                    {good, "text/plain", 415, "content type"},
		"no type":                 {good, "", 415, "content type"},
		"JSON in UTF-16":          {good, "application/json; charset=utf-16", 415, "content type"},
		"form":                    {"a=b", "application/x-www-form-urlencoded", 415, "content type"},
		"not JSON":                {"<activity/>", "application/json", 400, "body is not an activity"},
		"empty":                   {"", "application/json", 400, "body is not an activity"},
		"null":                    {"null", "application/json", 400, "body is not an activity"},
		"broken off":              {good[:len(good)-2], "application/json", 400, "body is not JSON"},
		"more after the end":      {good + "{}", "application/json", 400, "body is not JSON"},
		"comma at the end":        {good[:len(good)-1] + ",}", "application/json", 400, "body is not JSON"},
		"invalid UTF-8":           {into("\"x\":\"\xff\""), "application/json", 400, "body is not JSON"},
		"byte order mark":         {"\ufeff" + good, "application/json", 400, "body is not an activity"},
		"bad number":              {into(`"x":01`), "application/json", 400, "body is not JSON"},
		"bad escape":              {into(`"x":"\q"`), "application/json", 400, "body is not JSON"},
		"deep lists":              {into(`"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100)), "application/json", 400, "body too deep"},
		"deep objects":            {into(`"x":` + strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100)), "application/json", 400, "body too deep"},
		"very deep, never closed": {into(`"x":` + strings.Repeat("[", 900_000)), "application/json", 400, "body too deep"},
		"duplicate key":           {into(`"serviceUrl":"https://evil.example/"`), "application/json", 400, "body has duplicate keys"},
		"duplicate, escaped":      {into(`"service\u0055rl":"https://evil.example/"`), "application/json", 400, "body has duplicate keys"},
		"duplicate inside":        {into(`"x":{"a":[{"b":1,"b":2}]}`), "application/json", 400, "body has duplicate keys"},
		"duplicate among many":    {into(`"x":{` + manyMembers(5000) + `"m77":1}`), "application/json", 400, "body has duplicate keys"},
		"one key in two objects":  {into(`"x":{"a":{"b":1},"b":{"a":2}}`), "application/json", 200, ""},
		"many keys":               {into(`"x":{` + manyMembers(5000) + `"m":1}`), "application/json", 200, ""},
		"text that is a number":   {into(`"text":1`), "application/json", 400, "body is not an activity"},
		"id too long":             {strings.Replace(good, "a:chat", strings.Repeat("a", 600), 1), "application/json", 400, "field out of bounds"},
		"id with a line break":    {strings.Replace(good, "a:chat", `a:\nchat`, 1), "application/json", 400, "field out of bounds"},
		"no type of activity":     {strings.Replace(good, `"type":"invoke"`, `"type":""`, 1), "application/json", 400, "body is not an activity"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := bearing(token)
			h.Set("Content-Type", c.contentType)
			status, answer := knock(t, s, http.MethodPost, c.body, h)
			require.Equal(t, c.status, status, answer)
			if c.code != "" {
				require.Equal(t, c.code, answer)
			}
		})
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"m%d":%d,`, i, i)
	}
	return b.String()
}

// talk opens a bare connection, so that a test can send half a request.
func talk(t *testing.T, s *httptest.Server, request string) *http.Response {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = conn.Write([]byte(request))
	require.NoError(t, err)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp
}

func TestTokenIsCheckedBeforeTheBody(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := door(t, f.receiver(t))
	resp := talk(t, s, "POST / HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode, "answered although the body never came")
}

func TestSlowBodyIsGivenUp(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	trust := f.trust()
	trust.BodyTime = 50 * time.Millisecond
	r, err := NewReceiver(trust)
	require.NoError(t, err)
	s := door(t, r)
	resp := talk(t, s, "POST / HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nAuthorization: Bearer "+
		f.good(t)+"\r\nContent-Length: 1000\r\n\r\n{\"type\":")
	require.Equal(t, http.StatusRequestTimeout, resp.StatusCode)
}

func TestAnnouncedSizeIsBelieved(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := door(t, f.receiver(t))
	resp := talk(t, s, "POST / HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\nAuthorization: Bearer "+
		f.good(t)+"\r\nContent-Length: 2000000\r\n\r\n{")
	require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode, "answered without waiting for the body")
}

func TestChunkedBody(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := door(t, f.receiver(t))
	for size, status := range map[int]int{10: 200, 100_000: 200, BodyLimit: 413} {
		body := strings.Replace(encoded(t, press()), "{", `{"x":"`+strings.Repeat("x", size)+`",`, 1)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, struct{ *strings.Reader }{strings.NewReader(body)})
		require.NoError(t, err)
		req.Header, req.ContentLength = bearing(f.good(t)), -1
		resp, err := s.Client().Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, status, resp.StatusCode)
	}
}

func TestCompressedBodyIsRefused(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	h := bearing(f.good(t))
	h.Set("Content-Encoding", "gzip")
	status, answer := knock(t, door(t, f.receiver(t)), http.MethodPost, encoded(t, press()), h)
	require.Equal(t, http.StatusUnsupportedMediaType, status)
	require.Equal(t, "content type", answer)
}

func TestHeaderTooLarge(t *testing.T) {
	t.Parallel()
	f := newForge(t)
	s := door(t, f.receiver(t))
	status, _ := knock(t, s, http.MethodPost, "{}", bearing(strings.Repeat("a", 2*HeaderLimit)))
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, status)
	status, answer := knock(t, s, http.MethodPost, "{}", bearing("a.b."+strings.Repeat("c", maxToken)))
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, "token malformed", answer)
	require.Zero(t, f.metadata.Load())
}
