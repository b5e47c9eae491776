package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// pageLimit is how many pages of one list are followed. With 999 entries each,
// more means that something is wrong.
const pageLimit = 30

var (
	errNoList   = errors.New("answer is no list")
	errOddEntry = errors.New("list with an entry of an unknown type, or without an id")
)

// page is one page of a collection (Graph: paging).
type page struct {
	Value *[]json.RawMessage `json:"value"`
	Next  string             `json:"@odata.nextLink"`
}

// list decodes a collection, and reads on where Graph says that there is more:
// half a list would be a wrong answer, and so would be one with an entry that is
// not understood. A nil understood accepts every entry.
func list[T any](ctx context.Context, l *line, first outcome, understood func(T) bool) ([]T, error) {
	body, err := first.body, first.err
	var all []T
	for range pageLimit {
		if err != nil {
			return nil, err
		}
		var next string
		if all, next, err = entries(all, body); err != nil {
			return nil, err
		}
		if next == "" {
			return all, check(all, understood)
		}
		body, err = l.more(ctx, next)
	}
	return nil, fmt.Errorf("list of more than %d pages", pageLimit)
}

func check[T any](all []T, understood func(T) bool) error {
	for _, entry := range all {
		if understood != nil && !understood(entry) {
			return undecodable(0, errOddEntry)
		}
	}
	return nil
}

// entries adds one page's entries to all.
func entries[T any](all []T, body []byte) ([]T, string, error) {
	var p page
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, "", undecodable(0, fmt.Errorf("decoding list: %w", err))
	}
	if p.Value == nil {
		return nil, "", undecodable(0, errNoList)
	}
	for _, raw := range *p.Value {
		var entry T
		if err := json.Unmarshal(raw, &entry); err != nil {
			return nil, "", undecodable(0, fmt.Errorf("decoding list entry: %w", err))
		}
		all = append(all, entry)
	}
	return all, p.Next, nil
}

func (l *line) more(ctx context.Context, link string) ([]byte, error) {
	path, err := l.below(link)
	if err != nil {
		return nil, err
	}
	got, err := l.get(ctx, path)
	return got.body, err
}
