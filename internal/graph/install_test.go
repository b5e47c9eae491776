package graph_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

const appsPath = "/users/" + string(joni) + "/teamwork/installedApps"

func TestInstall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer answer
		code   access.Code
	}{
		"installed":         {answer{status: 201}, ""},
		"installed already": {refusal(409, "Conflict", "The app is already installed for the user."), ""},
		"not in catalogue":  {refusal(404, "NotFound", "App with id x was not found in the catalog."), access.Refused},
		"denied":            {refusal(403, "Forbidden", "Missing role permissions on the request."), access.Refused},
		"busy":              {answer{status: 429}, access.Unavailable},
		"down":              {answer{status: 504}, access.Unavailable},
		"hung up":           {answer{hangUp: true}, access.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, map[string]answer{"POST " + appsPath: tt.answer})
			err := f.directory(t).Install(t.Context(), joni, "catalogue-id")
			if tt.code == "" {
				require.NoError(t, err)
			} else {
				wants(t, err, tt.code)
			}
			require.Len(t, f.received(), 1)
			require.JSONEq(t, `{"teamsApp@odata.bind":"`+f.URL+`/v1.0/appCatalogs/teamsApps/catalogue-id"}`, f.received()[0].body)
			require.Equal(t, "application/json", f.received()[0].header.Get("Content-Type"))
		})
	}
}

func TestInstalledChat(t *testing.T) {
	t.Parallel()
	installed := listOf(`{"id":"inst+1=","teamsApp":{"id":"a"}}`)
	chat := "GET " + appsPath + "/inst+1=/chat"
	tests := map[string]struct {
		answers map[string]answer
		want    string
		code    access.Code
	}{
		"a chat":            {map[string]answer{"GET " + appsPath: installed, chat: ok(`{"id":"19:x@unq.gbl.spaces","chatType":"oneOnOne"}`)}, "19:x@unq.gbl.spaces", ""},
		"not installed":     {map[string]answer{"GET " + appsPath: listOf()}, "", access.NotFound},
		"nobody":            {map[string]answer{}, "", access.NotFound},
		"gone meanwhile":    {map[string]answer{"GET " + appsPath: installed, chat: {status: 404}}, "", access.NotFound},
		"busy":              {map[string]answer{"GET " + appsPath: {status: 429}}, "", access.Unavailable},
		"a chat without id": {map[string]answer{"GET " + appsPath: installed, chat: ok(`{}`)}, "", access.Unavailable},
		"no list":           {map[string]answer{"GET " + appsPath: ok(`[]`)}, "", access.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(tt.answers)
				got, err := f.directory(t).InstalledChat(t.Context(), joni, "manifest'id")
				if tt.code != "" {
					wants(t, err, tt.code)
					return
				}
				require.NoError(t, err)
				require.Equal(t, tt.want, got)
				require.Contains(t, f.received()[0].path, "$filter=teamsApp/externalId%20eq%20'manifest''id'")
			})
		})
	}
}
