package app

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Fault is one thing that is wrong with a configuration, and where.
type Fault struct {
	Line, Column int // 0 where no line says it: a flag or a variable
	Key          string
	Say          string
}

// FaultsError is all that is wrong with a configuration.
type FaultsError struct {
	File string
	List []Fault
}

// Error lists the faults, one a line, in the order of the file.
func (f *FaultsError) Error() string {
	lines := make([]string, 0, 1+len(f.List))
	lines = append(lines, "the configuration cannot be used:")
	for _, one := range f.List {
		where := f.File
		if one.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", f.File, one.Line, one.Column)
		}
		lines = append(lines, fmt.Sprintf("  %s: %s: %s", where, one.Key, one.Say))
	}
	return strings.Join(lines, "\n")
}

// Load reads a configuration file and lays flags and variables over it. All
// faults are reported together, as *FaultsError.
func Load(file string, over Overrides) (Config, error) {
	c := Defaults()
	data, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return c, fmt.Errorf("reading the configuration: %w", err)
	}
	r := &reading{at: map[string]position{}, text: map[string]ast.Node{}}
	r.document(data, &c)
	over.apply(&c, r)
	r.check(&c)
	if len(r.faults) > 0 {
		slices.SortStableFunc(r.faults, func(a, b Fault) int { return a.Line - b.Line })
		return c, &FaultsError{File: file, List: r.faults}
	}
	return c, nil
}

type position struct{ line, column int }

// elsewhere is the place of a value that no line of the file says.
var elsewhere = position{-1, 0}

// reading walks the document beside the type that it fills, so that every key
// that is unknown, repeated or of the wrong kind is found, each with its place.
type reading struct {
	at     map[string]position
	text   map[string]ast.Node // the value of a key
	faults []Fault
}

// inText is the place in the file of a place in a key's text. In a text that is
// folded or indented over several lines the column is the text's own.
func (r *reading) inText(key string, line, column int) position {
	node, ok := r.text[key]
	if !ok {
		return r.at[key]
	}
	if literal, ok := node.(*ast.LiteralNode); ok {
		return position{literal.Start.Position.Line + line, column}
	}
	at := node.GetToken().Position
	if node.GetToken().Type == token.SingleQuoteType || node.GetToken().Type == token.DoubleQuoteType {
		column++
	}
	if line > 1 {
		return position{at.Line + line - 1, column}
	}
	return position{at.Line, at.Column + column - 1}
}

func (r *reading) fault(key, say string, args ...any) {
	at := r.at[key]
	for parent := key; at.line == 0 && parent != ""; {
		parent = parent[:max(strings.LastIndex(parent, "."), 0)]
		at = r.at[parent]
	}
	r.faults = append(r.faults, Fault{max(at.line, 0), at.column, strings.TrimPrefix(key, "."), fmt.Sprintf(say, args...)})
}

func (r *reading) document(data []byte, c *Config) {
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return
	}
	r.at[""] = position{1, 1}
	switch {
	case len(file.Docs) == 0 || file.Docs[0].Body == nil:
	case len(file.Docs) > 1:
		r.fault("", "there is more than one document in the file")
	default:
		r.mapping("", file.Docs[0].Body, reflect.ValueOf(c).Elem())
	}
}

func (r *reading) syntax(err error) {
	at, say := position{1, 1}, err.Error()
	var syntax yaml.Error
	if errors.As(err, &syntax) {
		say = syntax.GetMessage()
		if token := syntax.GetToken(); token != nil {
			at = position{token.Position.Line, token.Position.Column}
		}
	}
	r.faults = append(r.faults, Fault{at.line, at.column, "syntax", say})
}

func (r *reading) mapping(path string, node ast.Node, v reflect.Value) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	case *ast.NullNode:
		return
	default:
		r.fault(path, "must hold keys with values")
		return
	}
	fields, seen := keys(v), map[string]bool{}
	for _, pair := range values {
		name := pair.Key.GetToken().Value
		key, at := path+"."+name, pair.Key.GetToken().Position
		field, known := fields[name]
		switch {
		case seen[name]:
			r.faults = append(r.faults, Fault{at.Line, at.Column, strings.TrimPrefix(key, "."), "is written twice"})
			continue
		case !known:
			r.faults = append(r.faults, Fault{at.Line, at.Column, strings.TrimPrefix(key, "."), unknownKey(name)})
			continue
		}
		seen[name] = true
		r.at[key] = position{at.Line, at.Column}
		r.text[key] = pair.Value
		r.value(key, pair.Value, field)
	}
}

// unknownKey says more of a key that looks like a secret.
func unknownKey(name string) string {
	for _, word := range []string{"secret", "password", "token", "key"} {
		if strings.Contains(strings.ToLower(name), word) {
			return "is unknown; secrets never belong into this file, they come from variables: AZURE_…, PASSDESK_AUDIT_TOKEN"
		}
	}
	return "is unknown"
}

// keys maps the yaml names of a struct's fields to the fields.
func keys(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = v.Field(i)
		}
	}
	return fields
}

func (r *reading) value(key string, node ast.Node, v reflect.Value) {
	_, word := v.Addr().Interface().(interface{ UnmarshalText([]byte) error })
	switch {
	case v.Kind() == reflect.Struct && !word:
		r.mapping(key, node, v)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		r.list(key, node, v)
	case node.Type() == ast.NullType:
		v.SetZero()
	default:
		r.leaf(key, node, v)
	}
}

func (r *reading) list(key string, node ast.Node, v reflect.Value) {
	if node.Type() == ast.NullType {
		return
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		r.fault(key, "must be a list")
		return
	}
	for i, item := range list.Values {
		one := reflect.New(v.Type().Elem()).Elem()
		path := fmt.Sprintf("%s[%d]", key, i)
		r.at[path] = begin(item)
		r.mapping(path, item, one)
		v.Set(reflect.Append(v, one))
	}
}

func (r *reading) leaf(key string, node ast.Node, v reflect.Value) {
	scalar := v.Kind() != reflect.Slice
	if _, isScalar := node.(ast.ScalarNode); scalar && !isScalar {
		r.fault(key, "must be a single value")
		return
	}
	if into, ok := v.Addr().Interface().(interface{ UnmarshalText([]byte) error }); ok {
		if err := into.UnmarshalText([]byte(words(node))); err != nil {
			r.fault(key, "%v", err)
		}
		return
	}
	if v.Kind() == reflect.String { // an id of digits alone is still text
		v.SetString(words(node))
		return
	}
	v.SetZero()
	if err := yaml.NodeToValue(node, v.Addr().Interface()); err != nil {
		r.fault(key, "is not of the right kind")
	}
}

// words are a single value as it was written; of a block, its text.
func words(node ast.Node) string {
	if literal, ok := node.(*ast.LiteralNode); ok {
		return literal.Value.Value
	}
	return node.GetToken().Value
}

// begin is where a node is seen to begin: a mapping's own token is the colon
// behind its first key.
func begin(node ast.Node) position {
	switch n := node.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			node = n.Values[0].Key
		}
	case *ast.MappingValueNode:
		node = n.Key
	}
	at := node.GetToken().Position
	return position{at.Line, at.Column}
}
