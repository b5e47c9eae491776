package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// responses of a batch by their ids.
func (w *world) batch(body string) map[string]answer {
	w.t.Helper()
	a := w.call("POST", "/$batch", body)
	require.Equal(w.t, http.StatusOK, a.status, a.text)
	var got struct {
		Responses []struct {
			ID      string
			Status  int
			Headers map[string]string
			Body    json.RawMessage
		}
	}
	require.NoError(w.t, json.Unmarshal([]byte(a.text), &got))
	all := map[string]answer{}
	for _, r := range got.Responses {
		one := answer{status: r.Status, text: string(r.Body), header: http.Header{}}
		for name, value := range r.Headers {
			one.header.Set(name, value)
		}
		if len(r.Body) > 0 {
			require.NoError(w.t, json.Unmarshal(r.Body, &one.body))
		}
		all[r.ID] = one
	}
	return all
}

func TestABatchAnswersEachRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	got := w.batch(`{"requests":[
		{"id":"1","method":"GET","url":"/users/` + w.id("joni") + `?$select=id&$expand=manager($select=id)"},
		{"id":"2","method":"GET","url":"users/nobody"},
		{"id":"3","method":"POST","url":"/groups/` + w.id("exclude-platforms") + `/members/$ref","headers":{"content-type":"application/json"},
		 "body":{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + w.id("joni") + `"}},
		{"id":"4","method":"GET","url":"/users?$count=true&$top=1&$filter=` + "endswith(mail,'x')" + `","headers":{"ConsistencyLevel":"eventual"}},
		{"id":"5","method":"GET","url":"/users/` + w.id("joni") + `/authentication/methods"}]}`)
	require.Len(t, got, 5)
	require.Equal(t, w.id("joni"), got["1"].body["id"])
	require.True(t, strings.HasPrefix(got["1"].header.Get("Content-Type"), "application/json"))
	require.Equal(t, http.StatusNotFound, got["2"].status)
	require.Equal(t, "Request_ResourceNotFound", got["2"].code())
	require.Equal(t, http.StatusNoContent, got["3"].status)
	require.Empty(t, got["3"].text)
	require.Equal(t, http.StatusOK, got["4"].status, got["4"].text)
	require.Len(t, got["5"].values(), 1)
	require.Len(t, w.tenant.MembersOf("exclude-platforms", false), 1)
}

func TestStepsWaitForThoseTheyDependOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	path := "/users/" + w.id("joni") + "/authentication/temporaryAccessPassMethods"
	got := w.batch(`{"requests":[
		{"id":"make","method":"POST","url":"` + path + `","headers":{"Content-Type":"application/json"},"body":{}},
		{"id":"read","dependsOn":["make"],"method":"GET","url":"` + path + `"},
		{"id":"fail","method":"GET","url":"/users/nobody"},
		{"id":"never","dependsOn":["read","fail"],"method":"POST","url":"` + path + `"},
		{"id":"nor this","dependsOn":["never"],"method":"POST","url":"` + path + `"}]}`)
	require.Equal(t, http.StatusCreated, got["make"].status)
	require.Equal(t, []any{got["make"].body["id"]}, got["read"].each("id"))
	require.Equal(t, http.StatusFailedDependency, got["never"].status)
	require.Equal(t, http.StatusFailedDependency, got["nor this"].status)
	held, _ := w.tenant.PassOf("joni")
	require.Equal(t, held.ID, got["make"].body["id"])
}

func TestBatchesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	get := `{"id":"%d","method":"GET","url":"/users/x"}`
	var many []string
	for i := range 21 {
		many = append(many, fmt.Sprintf(get, i))
	}
	for name, body := range map[string]string{
		"too many":        `{"requests":[` + strings.Join(many, ",") + `]}`,
		"none":            `{"requests":[]}`,
		"no JSON":         `requests`,
		"same id":         `{"requests":[{"id":"1","method":"GET","url":"/users"},{"id":"1","method":"GET","url":"/users"}]}`,
		"no id":           `{"requests":[{"method":"GET","url":"/users"}]}`,
		"unknown need":    `{"requests":[{"id":"1","dependsOn":["2"],"method":"GET","url":"/users"}]}`,
		"no content type": `{"requests":[{"id":"1","method":"POST","url":"/users/x/revokeSignInSessions","body":{}}]}`,
	} {
		a := w.call("POST", "/$batch", body)
		require.Equal(t, http.StatusBadRequest, a.status, name)
		require.NotEmpty(t, a.code(), name)
	}
	require.Equal(t, "MaximumValueExceeded", w.call("POST", "/$batch", `{"requests":[`+strings.Join(many, ",")+`]}`).code())
	require.Len(t, w.batch(`{"requests":[`+strings.Join(many[:20], ",")+`]}`), 20)
	inner := w.batch(`{"requests":[{"id":"1","method":"POST","url":"/$batch","headers":{"Content-Type":"application/json"},"body":{"requests":[{"id":"1","method":"GET","url":"/users"}]}}]}`)
	require.Equal(t, http.StatusBadRequest, inner["1"].status)
}
