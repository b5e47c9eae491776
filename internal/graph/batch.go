package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// batchLimit is the most requests that one batch may hold (Graph: combine
// multiple requests, batch size limitations).
const batchLimit = 20

// step is one read in a batch. Its name is its id there, and says in the log
// which it was.
type step struct {
	Name   string `json:"id"`
	Method string `json:"method"`
	Path   string `json:"url"`
}

func read(name, path string) step { return step{Name: name, Method: http.MethodGet, Path: path} }

// part is the answer to one step.
type part struct {
	Name   string            `json:"id"`
	Status int               `json:"status"`
	Header map[string]string `json:"headers"`
	Body   json.RawMessage   `json:"body"`
}

// batch sends all steps in one round trip, and those that Graph has no time for
// again in further ones. What comes back has one outcome per step: the steps
// fail one by one, and the batch only when nothing can be said of any (Graph:
// combine multiple requests in one HTTP call).
func (l *line) batch(ctx context.Context, steps []step) (outcomes, error) {
	all := outcomes{}
	for round := 0; ; round++ {
		got, err := l.ask(ctx, steps)
		after := afterOf(err)
		if err == nil {
			maps.Copy(all, got)
			steps, after = got.again(steps)
		}
		if round == rounds || len(steps) == 0 || (err != nil && !again(err)) || !pause(ctx, round, after) {
			if len(all) == 0 {
				return nil, err
			}
			return all, nil
		}
	}
}

// ask sends a batch once.
func (l *line) ask(ctx context.Context, steps []step) (outcomes, error) {
	if len(steps) > batchLimit {
		return nil, fmt.Errorf("batch of %d requests, at most %d go", len(steps), batchLimit)
	}
	body, err := json.Marshal(map[string]any{"requests": steps})
	if err != nil {
		return nil, fmt.Errorf("encoding batch: %w", err)
	}
	c := call{info: l.request(abstractions.POST, "/$batch", body), limit: readLimit}
	for _, s := range steps {
		c.parts = append(c.parts, s.Path)
	}
	got, err := l.send(ctx, c)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Responses []part `json:"responses"`
	}
	if err := json.Unmarshal(got.body, &answer); err != nil {
		err := undecodable(got.status, fmt.Errorf("decoding batch: %w", err))
		l.count(err, c.parts...)
		return nil, err
	}
	all := l.outcomes(steps, answer.Responses, requestID(got.header, ""))
	for _, s := range steps {
		err := all[s.Name].err
		l.count(err, s.Path)
		if statusOf(err) == http.StatusTooManyRequests {
			l.limits.refused(s.Path, afterOf(err))
		}
	}
	return all, nil
}

// again picks the steps that Graph had no time for, and the longest time that it
// wants to be left alone.
func (all outcomes) again(steps []step) (open []step, after time.Duration) {
	for _, s := range steps {
		if err := all[s.Name].err; again(err) {
			open = append(open, s)
			after = max(after, afterOf(err))
		}
	}
	return open, after
}

// outcome is what one step brought: a body, or why there is none.
type outcome struct {
	body json.RawMessage
	err  error
}

type outcomes map[string]outcome

func (l *line) outcomes(steps []step, parts []part, graphRequest string) outcomes {
	all := outcomes{}
	for _, s := range steps {
		unanswered := errors.New("batch left it unanswered")
		all[s.Name] = outcome{err: &fault{sent: true, cause: unanswered, graphRequest: graphRequest}}
	}
	for _, p := range parts {
		if _, asked := all[p.Name]; asked {
			all[p.Name] = outcome{p.Body, l.faultOf(p, graphRequest)}
		}
	}
	return all
}

// faultOf judges one answer. An inner Retry-After is kept, for the batch itself
// has none then.
func (l *line) faultOf(p part, graphRequest string) error {
	if p.Status == http.StatusOK {
		return nil
	}
	f := &fault{sent: true, status: p.Status, graphRequest: graphRequest}
	for name, value := range p.Header {
		switch strings.ToLower(name) {
		case "retry-after":
			f.after = retryAfter(value, l.now())
		case "request-id":
			f.graphRequest = value
		}
	}
	f.code, f.message = words(p.Body)
	return f
}
