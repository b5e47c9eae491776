package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
)

// batchLimit is how many requests one batch may hold (Graph: JSON batching).
const batchLimit = 20

// step is one request within a batch.
type step struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	DependsOn []string          `json:"dependsOn"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
}

func isBatch(req Request) bool { return strings.Trim(req.URL.Path, "/") == "$batch" }

// batch answers POST /$batch: every request within counts, is logged and is
// answered by itself, in no promised order.
func (g *Graph) batch(ctx context.Context, req Request, callID string, ids correlation) Reply {
	steps, err := readBatch(req)
	if err != nil {
		return g.refuse(err, ids)
	}
	calls := make([]*Call, len(steps))
	requests := make([]Request, len(steps))
	for i, s := range steps {
		requests[i] = s.request(req, callID)
		calls[i] = g.log.begin(g.tenant.Now(), s.Method, requests[i].URL, callID)
	}
	replies := make([]Reply, len(steps))
	inOrder(steps, func(i int, failed bool) bool {
		ids := correlation{request: uuid.NewString(), client: ids.client}
		if failed {
			replies[i] = g.refuse(&fault{Status: http.StatusFailedDependency, Code: "FailedDependency", Message: "A request that this one depends on has failed."}, ids)
		} else {
			replies[i] = g.perform(ctx, requests[i], calls[i].ID, ids)
		}
		g.log.end(calls[i], replies[i].Status)
		return replies[i].Status < http.StatusBadRequest
	})
	if slices.ContainsFunc(replies, func(r Reply) bool { return r.Reset }) {
		return Reply{Reset: true}
	}
	return Reply{Status: http.StatusOK, Body: object{"responses": responses(steps, replies)}}
}

// inOrder runs every step as soon as those it depends on are done; do returns
// whether the step succeeded.
func inOrder(steps []step, do func(i int, failed bool) bool) {
	index := map[string]int{}
	done, succeeded := make([]chan struct{}, len(steps)), make([]bool, len(steps))
	for i, s := range steps {
		index[s.ID], done[i] = i, make(chan struct{})
	}
	var all sync.WaitGroup
	for i, s := range steps {
		all.Go(func() {
			defer close(done[i])
			failed := false
			for _, id := range s.DependsOn {
				<-done[index[id]]
				failed = failed || !succeeded[index[id]]
			}
			succeeded[i] = do(i, failed)
		})
	}
	all.Wait()
}

// responses are given backwards: clients must go by the ids.
func responses(steps []step, replies []Reply) []object {
	all := make([]object, 0, len(steps))
	for i := len(steps) - 1; i >= 0; i-- {
		headers := map[string]string{}
		for name := range replies[i].Header {
			headers[name] = replies[i].Header.Get(name)
		}
		o := object{"id": steps[i].ID, "status": replies[i].Status, "headers": headers}
		switch body := replies[i].Body.(type) {
		case nil:
		case []byte:
			o["body"] = base64.StdEncoding.EncodeToString(body)
		default:
			headers["Content-Type"] = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
			o["body"] = body
		}
		all = append(all, o)
	}
	return all
}

// request is the step as if it had come alone.
func (s step) request(outer Request, callID string) Request {
	header := http.Header{}
	for name, value := range s.Headers {
		header.Set(name, value)
	}
	u, err := url.Parse("/" + strings.TrimPrefix(s.URL, "/"))
	if err != nil {
		u = &url.URL{Path: s.URL}
	}
	return Request{Method: s.Method, URL: u, Header: header, Body: s.Body, Batch: callID, base: outer.base, granted: outer.granted, befallen: outer.befallen}
}

func readBatch(req Request) ([]step, error) {
	if req.Method != http.MethodPost {
		return nil, &fault{Status: http.StatusMethodNotAllowed, Code: "Request_BadRequest", Message: "Specified HTTP method is not allowed for the request target."}
	}
	if req.Batch != "" {
		return nil, badRequest("A batch cannot hold a batch.")
	}
	var body struct {
		Requests []step `json:"requests"`
	}
	if err := json.Unmarshal(req.Body, &body); err != nil || len(body.Requests) == 0 {
		return nil, badRequest("Invalid batch payload format.")
	}
	if len(body.Requests) > batchLimit {
		return nil, &fault{Status: http.StatusBadRequest, Code: "MaximumValueExceeded", Message: "Number of batch request steps exceeds the maximum value of 20."}
	}
	seen := map[string]bool{}
	for i := range body.Requests {
		if err := body.Requests[i].check(seen); err != nil {
			return nil, err
		}
		seen[body.Requests[i].ID] = true
	}
	return body.Requests, nil
}

// check refuses a step that spoils the whole batch.
func (s *step) check(before map[string]bool) error {
	switch {
	case s.ID == "" || s.Method == "" || s.URL == "":
		return badRequest("Invalid batch payload format.")
	case before[s.ID]:
		return badRequest("Request Id : " + s.ID + " is not unique in the batch.")
	}
	if string(s.Body) == "null" {
		s.Body = nil
	}
	for _, id := range s.DependsOn {
		if !before[id] {
			return badRequest("Invalid dependsOn of request Id : " + s.ID + ". '" + id + "' is not the id of an earlier request.")
		}
	}
	for name := range s.Headers {
		if len(s.Body) == 0 || strings.EqualFold(name, "Content-Type") {
			return nil
		}
	}
	if len(s.Body) > 0 {
		return badRequest("Invalid batch payload format. Request Id : " + s.ID + " has a body and no Content-Type header.")
	}
	return nil
}
