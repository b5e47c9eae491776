package graph

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// maxDepth bounds nesting of a filter; Graph refuses deep ones too.
const maxDepth = 20

// parseFilter reads a $filter: comparisons, startswith, endswith and in, joined
// by and, or, not and parentheses (OData 4.01 URL conventions, 5.1.1).
func parseFilter(text string) (clause, error) {
	tokens, err := tokenize(text)
	if err != nil {
		return nil, err
	}
	p := &filterParser{tokens: tokens, text: text}
	c, err := p.either(0)
	if err != nil {
		return nil, err
	}
	if p.peek() != "" {
		return nil, p.syntax()
	}
	return c, nil
}

type filterParser struct {
	tokens []string
	at     int
	text   string
}

func (p *filterParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *filterParser) next() string {
	t := p.peek()
	p.at++
	return t
}

func (p *filterParser) take(token string) bool {
	if strings.EqualFold(p.peek(), token) {
		p.at++
		return true
	}
	return false
}

func (p *filterParser) syntax() error {
	return invalidFilter(fmt.Sprintf("Syntax error at term %d in '%s'.", p.at+1, p.text))
}

func invalidFilter(why string) error { return badRequest("Invalid filter clause: " + why) }

func (p *filterParser) either(depth int) (clause, error) {
	left, err := p.both(depth)
	for err == nil && p.take("or") {
		var right clause
		right, err = p.both(depth)
		left = either{left, right}
	}
	return left, err
}

func (p *filterParser) both(depth int) (clause, error) {
	left, err := p.single(depth)
	for err == nil && p.take("and") {
		var right clause
		right, err = p.single(depth)
		left = both{left, right}
	}
	return left, err
}

func (p *filterParser) single(depth int) (clause, error) {
	if depth > maxDepth {
		return nil, invalidFilter("The node count limit has been exceeded.")
	}
	switch token := p.next(); {
	case token == "(":
		c, err := p.either(depth + 1)
		if err == nil && !p.take(")") {
			err = p.syntax()
		}
		return c, err
	case strings.EqualFold(token, "not"):
		c, err := p.single(depth + 1)
		return negation{c}, err
	case strings.EqualFold(token, "startswith"), strings.EqualFold(token, "endswith"):
		return p.call(strings.ToLower(token))
	case isName(token) && strings.HasSuffix(token, "/any"):
		return p.some(strings.TrimSuffix(token, "/any"), depth+1)
	case isName(token):
		return p.comparison(token)
	}
	p.at--
	return nil, p.syntax()
}

func (p *filterParser) call(function string) (clause, error) {
	if !p.take("(") {
		return nil, p.syntax()
	}
	property := p.next()
	if !isName(property) || !p.take(",") {
		return nil, p.syntax()
	}
	value, err := p.literal()
	if err == nil && !p.take(")") {
		err = p.syntax()
	}
	return comparison{property, function, value}, err
}

func (p *filterParser) comparison(property string) (clause, error) {
	switch operator := strings.ToLower(p.next()); operator {
	case "eq", "ne", "ge", "le", "gt", "lt":
		value, err := p.literal()
		return comparison{property, operator, value}, err
	case "in":
		return p.membership(property)
	}
	p.at--
	return nil, p.syntax()
}

// some reads what follows collection/any: (t:t/id eq 'x').
func (p *filterParser) some(collection string, depth int) (clause, error) {
	if !p.take("(") {
		return nil, p.syntax()
	}
	variable, rest, named := strings.Cut(p.next(), ":")
	if !named || !isName(variable) {
		p.at--
		return nil, p.syntax()
	}
	if rest != "" { // no space after the colon
		p.at--
		p.tokens[p.at] = rest
	}
	c, err := p.either(depth)
	if err == nil && !p.take(")") {
		err = p.syntax()
	}
	return some{collection, variable + "/", c}, err
}

func (p *filterParser) membership(property string) (clause, error) {
	if !p.take("(") {
		return nil, p.syntax()
	}
	c := membership{property: property}
	for {
		value, err := p.literal()
		if err != nil {
			return nil, err
		}
		c.literals = append(c.literals, value)
		if p.take(")") {
			return c, nil
		}
		if !p.take(",") {
			return nil, p.syntax()
		}
	}
}

// literal reads a string, true, false, null, a number, a guid or a time.
func (p *filterParser) literal() (any, error) {
	token := p.next()
	switch token {
	case "true", "false":
		return token == "true", nil
	case "null":
		return nil, nil
	case "", "(", ")", ",":
		p.at--
		return nil, p.syntax()
	}
	if quoted, isText := strings.CutPrefix(token, "'"); isText {
		return strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), "''", "'"), nil
	}
	if n, err := strconv.Atoi(token); err == nil {
		return n, nil
	}
	if unicode.IsDigit(rune(token[0])) || strings.Count(token, "-") == 4 {
		return token, nil
	}
	p.at--
	return nil, p.syntax()
}

func isName(token string) bool {
	return token != "" && (unicode.IsLetter(rune(token[0])) || token[0] == '_')
}

// tokenize splits a filter into names, literals and signs. A quote within a
// string is doubled.
func tokenize(text string) ([]string, error) {
	var tokens []string
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case ' ', '\t':
			i++
		case '(', ')', ',':
			tokens = append(tokens, string(c))
			i++
		case '\'':
			end := closingQuote(text, i)
			if end < 0 {
				return nil, invalidFilter("There is an unterminated string literal at position " + strconv.Itoa(len(text)) + " in '" + text + "'.")
			}
			tokens = append(tokens, text[i:end+1])
			i = end + 1
		default:
			end := strings.IndexAny(text[i:], " \t(),'")
			if end < 0 {
				end = len(text) - i
			}
			tokens = append(tokens, text[i:i+end])
			i += end
		}
	}
	return tokens, nil
}

// closingQuote is where the string that opens at i ends, or -1.
func closingQuote(text string, i int) int {
	for i++; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '\'' {
			i++
			continue
		}
		return i
	}
	return -1
}
