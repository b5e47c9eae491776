package app_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/playground"
	"github.com/passdesk/passdesk/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Suite{M: m}.Run()) }

// TestStories runs the scripts in testdata. People's names are the commands:
//
//	adele says 'pass joni 60m'      writes to the bot
//	adele says/channel '…'          writes in a channel, mentioning it
//	megan sees/channel 'pattern'    waits for it in the channel, as she sees that; or with ! until it is gone
//	megan opens/channel             looks at the channel: her client refreshes its cards
//	megan presses/channel Approve [input=value …]
//	adele presses 'Send request' [input=value …]
//	adele insists 'Send request' 'pattern' [input=value …]   presses until the answer is that
//	adele notes code                the code for the caller on her last answer: $code, code=right, code=wrong
//	adele reads 'pattern'           the answer to the last press, or with ! not
//	adele sees 'pattern'            waits for it in the chat, or with ! until it is gone
//	adele accepts                   the file that is offered, or declines it
//	adele keeps 'pattern'           waits for it in a file in the OneDrive, or with ! not
//	joni has 1 passes               in the tenant
//	entra disables joni             and enables, manager, …
//	entra faults '{…}'              makes requests fail
//	entra members helpdesk '{…}'    changes a group
//	entra group platforms '{…}'     changes an exclusion group; policy, a policy
//	grady signs in iOS passkey '53003'   what Entra answers: a code, or ok
//	platforms excludes grady        waits for the exclusion group to hold, or with ! not
//	clock 2h                        moves both clocks
//	mark; trips 2                   counts round trips to Graph
//	audit whole                     verifies the chain
//	restart                         stops the bot and starts it again
//
// A file passdesk.yaml in the script is laid over the tenant's configuration, with
// @helpdesk for the id of a group, or of a person.
func TestStories(t *testing.T) {
	t.Parallel()
	commands := map[string]func(*testscript.TestScript, bool, []string){
		"clock":   func(ts *testscript.TestScript, _ bool, args []string) { of(ts).clock(args[0]) },
		"mark":    func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).marks() },
		"trips":   trips,
		"audit":   auditWhole,
		"restart": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(of(ts).Restart(of(ts).t.Context())) },
		"entra":   behind,
	}
	for _, which := range []string{"platforms", "enforcement"} {
		commands[which] = func(ts *testscript.TestScript, neg bool, args []string) { of(ts).excludes(which, args[1], !neg) }
	}
	for _, who := range []string{"adele", "bianca", "megan", "lee", "joni", "grady", "alex", "patti", "eli", "guest"} {
		commands[who] = func(ts *testscript.TestScript, neg bool, args []string) { person(ts, who, neg, args) }
	}
	for engine, on := range engines {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Dir:  "testdata",
				Cmds: commands,
				Setup: func(env *testscript.Env) error {
					tb := env.T().(testing.TB) //nolint:errcheck,forcetypeassert // Run gives it a *testing.T
					p := newPlayOf(tb, playground.Options{Calm: true, Configure: configured(env, on(tb)), Amend: amended(env.WorkDir)})
					env.Values[key{}] = &stage{play: p, last: map[string]answer{}}
					return nil
				},
			})
		})
	}
}

// engines are the databases on which stories are told.
var engines = map[string]func(testing.TB) func(*app.Config){
	"SQLite": func(testing.TB) func(*app.Config) { return func(*app.Config) {} },
	"PostgreSQL": func(tb testing.TB) func(*app.Config) {
		tb.Helper()
		address := pgtest.Address(tb)
		return func(c *app.Config) { c.Database = address }
	},
}

// configured lets a script's name choose a configuration.
func configured(env *testscript.Env, on func(*app.Config)) func(*app.Config) {
	return func(c *app.Config) {
		on(c)
		if strings.Contains(env.WorkDir, "not_installed") {
			c.Bot.CatalogAppID = ""
		}
	}
}

type key struct{}

type stage struct {
	*play
	last map[string]answer
	code string // for the caller, as it was noted
}

func of(ts *testscript.TestScript) *stage {
	return ts.Value(key{}).(*stage) //nolint:errcheck,forcetypeassert // set by Setup
}

func person(ts *testscript.TestScript, who string, neg bool, args []string) {
	s := of(ts)
	switch args[0] {
	case "says":
		s.last[who] = s.says(who, args[1])
	case "says/channel":
		s.last[who] = s.ask("POST", "/activity", map[string]any{"from": who, "text": args[1], "conversation": "channel"})
	case "sees/channel":
		re := regexp.MustCompile(args[1])
		s.until(func() bool { return re.MatchString(s.channel(who)) != neg }, func() string { return who + " sees in the channel\n" + s.channel(who) })
	case "opens/channel":
		s.call("POST", "/open", map[string]any{"person": who, "conversation": "channel"})
	case "presses/channel":
		s.last[who] = s.pressesThere(who, args[1], s.inputs(args[2:]))
	case "presses":
		s.last[who] = s.presses(who, args[1], s.inputs(args[2:]))
	case "notes":
		s.code = callersCode(s.t, s.last[who])
		ts.Setenv("code", s.code)
	case "insists": // a redraw on its way may bring back the card before the last press
		answered := regexp.MustCompile(args[2])
		s.until(func() bool {
			s.last[who] = s.presses(who, args[1], s.inputs(args[3:]))
			return answered.MatchString(s.last[who].text())
		}, func() string { return who + " insists on " + args[1] + " and reads " + s.last[who].text() })
	case "reads":
		compare(ts, neg, args[1], s.last[who].text())
	case "sees":
		if !neg {
			s.sees(who, args[1])
			return
		}
		re := regexp.MustCompile(args[1])
		s.until(func() bool { return !re.MatchString(s.screen(who)) }, func() string { return who + " still sees " + args[1] })
	case "accepts", "declines":
		s.call("POST", "/consent", map[string]any{"person": who, "accept": args[0] == "accepts"})
	case "keeps":
		if neg {
			compare(ts, neg, args[1], s.files(who))
			return
		}
		kept := regexp.MustCompile(args[1])
		s.until(func() bool { return kept.MatchString(s.files(who)) }, func() string { return who + " keeps " + s.files(who) })
	case "has":
		want, err := strconv.Atoi(args[1])
		ts.Check(err)
		s.until(func() bool { return len(s.passes(who)) == want }, func() string { return who + " has other passes" })
	case "registers": // by a method, on a phone
		s.registers(who, args[1], args[2])
	case "signs":
		s.signsIn(who, args[2], args[3], args[4])
	default:
		ts.Fatalf("%s cannot %s", who, args[0])
	}
}

// inputs are what is filled in: name=value.
func (s *stage) inputs(pairs []string) map[string]any {
	filled := map[string]any{}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		switch pair {
		case "code=right":
			value = s.code
		case "code=wrong":
			value = wrong(s.code)
		}
		filled[name] = value
	}
	return filled
}

func compare(ts *testscript.TestScript, neg bool, pattern, text string) {
	if regexp.MustCompile(pattern).MatchString(text) == neg {
		ts.Fatalf("expected (not: %v) %q in\n%s", neg, pattern, text)
	}
}

func trips(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := of(ts).trips(); len(got) != want {
		ts.Fatalf("%d round trips to Graph, not %d: %v", len(got), want, got)
	}
}

func auditWhole(ts *testscript.TestScript, _ bool, _ []string) {
	r, err := app.VerifyAudit(of(ts).t.Context(), of(ts).Config, "")
	ts.Check(err)
	if r.Break != nil || r.Last == 0 {
		ts.Fatalf("the audit is not whole: %+v", r)
	}
}

// behind changes the tenant behind the bot's back.
func behind(ts *testscript.TestScript, _ bool, args []string) {
	s := of(ts)
	changes := map[string]any{
		"disables":   map[string]any{"enabled": false},
		"enables":    map[string]any{"enabled": true},
		"restricts":  map[string]any{"restricted": true},
		"uninstalls": map[string]any{"installed": false},
	}
	switch args[0] {
	case "group":
		s.call("POST", "/groups/"+s.exclusionGroup(args[1]), json.RawMessage(args[2]))
	case "members":
		s.call("POST", "/groups/"+args[1], json.RawMessage(args[2]))
	case "policy":
		s.call("POST", "/policies/"+args[1], json.RawMessage(args[2]))
	case "faults":
		s.call("POST", "/faults", json.RawMessage(args[1]))
	case "manager":
		s.call("POST", "/people/"+args[1], map[string]any{"manager": args[2]})
	case "passkeys":
		s.call("POST", "/passkey-policy", json.RawMessage(args[1]))
	case "passes":
		s.call("POST", "/people/"+args[1]+"/pass", map[string]any{"minutes": 60})
	default:
		require.Contains(s.t, changes, args[0])
		s.call("POST", "/people/"+args[1], changes[args[0]])
	}
}
