package antom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// essential are the members by which a payment, capture or refund is found and
// decided. A message in which one of them cannot be read cannot be read at all.
var essential = map[string]bool{
	"notifyType": true, "disputeNotificationType": true, "result": true,
	"paymentRequestId": true, "paymentId": true, "paymentAmount": true, "paymentStatus": true,
	"paymentResultCode": true, "transactions": true,
	"captureRequestId": true, "captureId": true, "captureAmount": true,
	"refundRequestId": true, "refundId": true, "refundAmount": true, "refundStatus": true,
	"vaultingRequestId": true, "vaultingStatus": true, "vaultingResultCode": true,
	"disputeId": true, "paymentSessionData": true, "vaultingSessionData": true,
}

// decode reads a verified message. Members it does not know are ignored, and
// members that are not essential are left out when they have a form it cannot
// read: no payment becomes unknown for a settlement amount or a card's colour.
// Of an object only the part is left out that cannot be read, because Antom
// sends an empty text where it has no flag.
func decode[T any](data []byte) (*T, error) {
	out := new(T)
	err := json.Unmarshal(data, out)
	if err == nil {
		return out, nil
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal(data, &members) != nil {
		return out, unreadable(err)
	}
	for name, value := range members {
		if essential[name] {
			continue
		}
		fits := func(part json.RawMessage) bool { return json.Unmarshal(object(name, part), new(T)) == nil }
		if part, ok := readablePart(value, fits); ok {
			members[name] = part
		} else {
			delete(members, name)
		}
	}
	rest, _ := json.Marshal(members)
	out = new(T)
	if err := json.Unmarshal(rest, out); err != nil {
		return new(T), unreadable(err)
	}
	return out, nil
}

// readablePart is a value, or what is left of an object without the members that
// do not fit.
func readablePart(value json.RawMessage, fits func(json.RawMessage) bool) (part json.RawMessage, ok bool) {
	if fits(value) {
		return value, true
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal(value, &members) != nil {
		return nil, false
	}
	for name, member := range members {
		part, ok := readablePart(member, func(part json.RawMessage) bool { return fits(object(name, part)) })
		if ok {
			members[name] = part
		} else {
			delete(members, name)
		}
	}
	rest, _ := json.Marshal(members) // they have just been read
	return rest, fits(rest)
}

// object is the JSON of an object with one member that has just been read.
func object(name string, value json.RawMessage) []byte {
	text, _ := json.Marshal(map[string]json.RawMessage{name: value})
	return text
}

// unreadable describes what is wrong with a message without quoting from it:
// errors end up in logs, and messages carry card tokens.
func unreadable(err error) error {
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &wrong):
		return fmt.Errorf("%s has a wrong type", wrong.Field)
	default:
		return err
	}
}

// maxDepth is how deep a message may nest.
const maxDepth = 32

// oneReading refuses a message that two readers could understand in two ways: one
// that is not a single JSON object in UTF-8, that names a member twice, or that
// writes the name of a known member in another case, which encoding/json would
// take for the same. It also refuses one nested too deep, and gives the text
// members of the outermost object.
func oneReading(body []byte, known memberNames) (texts map[string]string, err error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	if !json.Valid(body) || bytes.TrimLeft(body, " \t\r\n")[0] != '{' {
		return nil, errors.New("not a single JSON object")
	}
	texts = map[string]string{}
	var open []map[string]bool // the names in each open object, nil for an array
	var name string            // the latest
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{':
			open = append(open, map[string]bool{})
		case '[':
			open = append(open, nil)
		case '}', ']':
			open = open[:len(open)-1]
		case '"':
			end := stringEnd(body, i)
			if isName(body[end:]) {
				name = unquote(body[i:end])
				if err := known.add(open[len(open)-1], name); err != nil {
					return nil, err
				}
			} else if len(open) == 1 {
				texts[name] = unquote(body[i:end])
			}
			i = end - 1
		}
		if len(open) > maxDepth {
			return nil, fmt.Errorf("nested deeper than %d", maxDepth)
		}
	}
	return texts, nil
}

// stringEnd is where the string that starts at start is over.
func stringEnd(body []byte, start int) int {
	for i := start + 1; ; i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// isName reports whether what follows a string makes it a member's name.
func isName(rest []byte) bool {
	for _, b := range rest {
		switch b {
		case ' ', '\t', '\r', '\n':
		default:
			return b == ':'
		}
	}
	return false
}

// unquote reads a string of valid JSON.
func unquote(quoted []byte) string {
	if !bytes.Contains(quoted, []byte(`\`)) {
		return string(quoted[1 : len(quoted)-1])
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is valid
	return text
}

// memberNames are the members of a kind of message, by their folded names.
type memberNames map[string]string

// add notes that an object has a member of this name.
func (known memberNames) add(names map[string]bool, name string) error {
	folded := fold(name)
	if names[folded] {
		return errors.New("a name is given twice in one object")
	}
	if exact, isKnown := known[folded]; isKnown && exact != name {
		return fmt.Errorf("%s is written in another case", exact)
	}
	names[folded] = true
	return nil
}

// otherSpelling is a member that Antom's Java SDK knows beside authExpiryTime. It is
// read as that, and is no other case of it.
const otherSpelling = "authExpirytime"

// fold maps names that encoding/json takes for one another to the same text.
// The long s is no capital letter, and yet it is taken for an s.
func fold(name string) string {
	if name == otherSpelling {
		return name
	}
	return strings.ReplaceAll(strings.ToLower(name), "ſ", "s")
}

// notificationNames are the members of all notifications: which one a body is, is known
// once it is read.
var notificationNames = sync.OnceValue(func() memberNames {
	return namesIn(PaymentNotification{}, CaptureResult{}, RefundResult{}, VaultingResult{}, DisputeNotification{})
})

// answerNames are the members of one type of answer.
func answerNames[T any]() memberNames {
	var message T
	t := reflect.TypeOf(message)
	if names, made := namesByType.Load(t); made {
		return names.(memberNames)
	}
	names, _ := namesByType.LoadOrStore(t, namesIn(message))
	return names.(memberNames)
}

var namesByType sync.Map // reflect.Type → memberNames

func namesIn(messages ...any) memberNames {
	names := memberNames{"caav": "caav", "currency": "currency", "value": "value"} // read by hand
	for _, message := range messages {
		collectNames(names, reflect.TypeOf(message))
	}
	return names
}

func collectNames(names memberNames, t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if name, _ := wireName(field); name != "" {
			names[fold(name)] = name
		}
		if field.IsExported() {
			collectNames(names, field.Type)
		}
	}
}

// wireName is a field's name in JSON, and whether it may be left out.
func wireName(field reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name, strings.Contains(options, "omit")
}
