package graph

import (
	"slices"
	"strings"
	"time"
)

// object is a JSON object.
type object map[string]any

// kind is a type of Graph: what its objects show and how they are asked for.
type kind struct {
	// name is the type's, without "microsoft.graph.".
	name       string
	properties []property
	// links are what $expand may inline; a false result leaves the property out.
	links map[string]func(value any) (linked, bool)
	// own copies a value that is not this request's own.
	own func(any) any
}

// linked is an object at the other end of a navigation property.
type linked struct {
	kind  *kind
	value any
	// typed says that the object must name its type: the declared one is wider.
	typed bool
}

// property is a structural property of a kind.
type property struct {
	name string
	// usual properties come without being selected.
	usual bool
	// filters are the operators offered, space-separated.
	filters string
	value   func(any) any
}

// Operators that directory properties commonly offer.
const (
	exact  = "eq ne not in"
	prefix = "eq ne not in startswith"
	affix  = "eq ne not in startswith endswith"
	times  = "eq ge le gt lt"
)

// of makes a property of a typed getter; usual ones come without being selected.
func of[T any](name string, usual bool, filters string, value func(T) any) property {
	return property{name: name, usual: usual, filters: filters, value: func(v any) any {
		typed, ok := v.(T)
		if !ok {
			return nil
		}
		return value(typed)
	}}
}

// void makes properties that are null in this tenant.
func void(usual bool, names string) []property {
	var all []property
	for name := range strings.FieldsSeq(names) {
		all = append(all, property{name: name, usual: usual, value: func(any) any { return nil }})
	}
	return all
}

// empty makes properties that are empty collections in this tenant.
func empty(usual bool, names string) []property {
	var all []property
	for name := range strings.FieldsSeq(names) {
		all = append(all, property{name: name, usual: usual, value: func(any) any { return []any{} }})
	}
	return all
}

// property finds a property by name; names are matched without regard to case.
func (k *kind) property(name string) (property, bool) {
	i := slices.IndexFunc(k.properties, func(p property) bool { return strings.EqualFold(p.name, name) })
	if i < 0 {
		return property{}, false
	}
	return k.properties[i], true
}

// show renders a value with what is selected, or the usual properties.
func (k *kind) show(value any, selected []string) object {
	o := object{}
	for _, p := range k.properties {
		if len(selected) == 0 && p.usual || slices.ContainsFunc(selected, func(s string) bool { return strings.EqualFold(s, p.name) }) {
			o[p.name] = p.value(value)
		}
	}
	return o
}

// inline adds what is expanded.
func (k *kind) inline(o object, value any, expand []expansion) {
	for _, e := range expand {
		link, offered := k.links[e.name]
		if !offered {
			continue
		}
		if to, there := link(value); there {
			o[e.name] = to.render(e.selected)
		}
	}
}

func (l linked) render(selected []string) object {
	o := l.kind.show(l.value, selected)
	if l.typed {
		o["@odata.type"] = "#microsoft.graph." + l.kind.name
	}
	return o
}

// checkShown refuses unknown names in $select and $expand. Several kinds are a
// list of mixed objects, where each shows what it has.
func checkShown(q query, declared string, kinds ...*kind) error {
	for _, name := range q.selected {
		if !anyKind(kinds, func(k *kind) bool { _, ok := k.property(name); return ok || k.links[name] != nil }) {
			return unknownProperty("Parsing OData Select and Expand failed: ", name, declared)
		}
	}
	for _, e := range q.expand {
		if !anyKind(kinds, func(k *kind) bool { return k.links[e.name] != nil }) {
			return unknownProperty("Parsing OData Select and Expand failed: ", e.name, declared)
		}
	}
	return nil
}

func anyKind(kinds []*kind, has func(*kind) bool) bool { return slices.ContainsFunc(kinds, has) }

func unknownProperty(before, name, declared string) error {
	return badRequest(before + "Could not find a property named '" + name + "' on type 'microsoft.graph." + declared + "'.")
}

// checkFilter refuses what a kind does not offer in $filter, $search and $orderby.
func (k *kind) checkFilter(q query) error {
	visit := func(name, operator string) error {
		p, ok := k.property(name)
		if !ok {
			return unknownProperty("Invalid filter clause: ", name, k.name)
		}
		if !slices.Contains(strings.Fields(p.filters), operator) || needsIndex(operator) && !q.advanced() {
			return unsupported("Unsupported or invalid query filter clause specified for property '" + p.name + "' of resource '" + title(k.name) + "'.")
		}
		return nil
	}
	if q.filter != nil {
		if err := q.filter.each(visit); err != nil {
			return err
		}
	}
	if q.search != nil && !q.eventual {
		return unsupported("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	if q.search != nil {
		return q.search.each(func(name, _ string) error { return visit(name, "startswith") })
	}
	return nil
}

// needsIndex tells the operators that only advanced queries offer.
func needsIndex(operator string) bool {
	return operator == "ne" || operator == "not" || operator == "endswith"
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// stamp is a time as the directory writes it; a zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// ticks is a time to the tenth of a microsecond; a zero time is null.
func ticks(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.0000000Z")
}

// orNull is null for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
