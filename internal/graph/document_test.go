package graph_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/graph"
)

var update = flag.Bool("update", false, "write docs/permissions.md anew")

// The document is written from the list of calls, and is as the list is now:
//
//	go test ./internal/graph -run TestPermissionsDocument -update
func TestPermissionsDocument(t *testing.T) {
	t.Parallel()
	const file = "../../docs/permissions.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(document()), 0o644))
	}
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, document(), string(written), "write it anew: go test ./internal/graph -run TestPermissionsDocument -update")
}

// document is docs/permissions.md: what to grant and why, and every call with what
// it needs.
func document() string {
	var b strings.Builder
	b.WriteString(documentHead)
	writeGrants(&b)
	b.WriteString(documentCalls)
	for _, c := range graph.Calls() {
		fmt.Fprintf(&b, "| `%s %s` | %s | %s | %s | %s |\n", c.Method, c.Path, c.Why, quoted(c.Least, " and "), dash(c.Without), when[c.Part])
	}
	b.WriteString(documentTail)
	return b.String()
}

// everyPart are the parts in the order of the document.
var everyPart = []graph.Part{graph.Always, graph.Insight, graph.PIM, graph.Relax, graph.ByGroup, graph.Direct, graph.Install}

// when says for whom a part is.
var when = map[graph.Part]string{
	graph.Always: "always", graph.Insight: "for `guide`, `why` and `report`", graph.PIM: "unless `entra.pim` is `absent`",
	graph.Relax: "with `policies`", graph.ByGroup: "for a policy with an `exclusion_group`", graph.Direct: "for a policy that is `direct`",
	graph.Install: "with `bot.catalog_app_id`", graph.Checked: "not needed",
}

// writeGrants lists, part by part, the permissions that were not on the list before.
func writeGrants(b *strings.Builder) {
	var listed []string
	for i, p := range everyPart {
		for _, n := range graph.Needs(everyPart[:i+1]...) {
			if slices.Contains(listed, n.Permission) {
				continue
			}
			listed = append(listed, n.Permission)
			fmt.Fprintf(b, "| `%s` | %s | %s |\n", n.Permission, when[p], n.Without())
		}
	}
}

func quoted(list []string, and string) string {
	if len(list) == 0 {
		return "none"
	}
	return "`" + strings.Join(list, "`"+and+"`") + "`"
}

func dash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}

const documentHead = `# Permissions

Application permissions of Microsoft Graph, granted to Passdesk's registration with an administrator's consent. They are the least that work: ` + "`passdesk check`" + ` tells which of them are missing, and which of those that were granted are too much. [check.md](check.md) tells how.

This page is written from the list of calls in ` + "`internal/graph/calls.go`" + `; a test fails when Passdesk makes a call that is not on it.

## What to grant

| permission | when | without it |
|---|---|---|
`

const documentCalls = `
` + "`GroupMember.ReadWrite.All`" + ` brings ` + "`GroupMember.Read.All`" + ` along, and ` + "`Policy.Read.All`" + ` brings ` + "`Policy.Read.ConditionalAccess`" + `: where the first is granted, leave out the second. ` + "`RoleManagement.Read.Directory`" + `, which is always needed, allows what ` + "`RoleEligibilitySchedule.Read.Directory`" + ` is for.

` + "`why`, `report`" + ` and what-if need Entra ID P1, eligible roles Entra ID P2.

## Every call

| call | why | least application permission | without it | when |
|---|---|---|---|---|
`

const documentTail = `
## What not to grant

- ` + "`UserAuthenticationMethod.ReadWrite.All`" + `: it adds, changes and deletes every method of everybody, Global Administrators among them. ` + "`UserAuthMethod-TAP.ReadWrite.All`" + ` is about passes alone. Entra lets even that one make a pass for a Global Administrator; that Passdesk refuses to is Passdesk's own rule, so whoever holds its credential must be kept as an administrator is.
- ` + "`Directory.Read.All`, `Directory.ReadWrite.All`, `Group.ReadWrite.All`, `User.ReadWrite.All`" + `: Passdesk needs none of what they add.
- ` + "`RoleManagement.ReadWrite.Directory`" + `: only members of a role-assignable group would need it, and Passdesk puts nobody into one.
- ` + "`Policy.ReadWrite.ConditionalAccess`" + `: only where a policy is ` + "`direct`" + `. An exclusion group is the better way.

## Where this comes from

The column *least privileged* of each call in Graph's reference. Three entries need a word:

- Graph's page for a person's owned objects names no application permission, as it describes the signed-in user's; ` + "`User.Read.All`" + ` is what the same relation needs elsewhere, and ` + "`passdesk check`" + ` tries it.
- For the roles of a person, Graph's table counts an entitlement permission as the least; for the directory's roles it is ` + "`RoleManagement.Read.Directory`" + `.
- To write a policy, ` + "`Policy.Read.All`" + ` beside ` + "`Policy.ReadWrite.ConditionalAccess`" + ` is enough; older pages also ask for ` + "`Application.Read.All`" + `.
`
