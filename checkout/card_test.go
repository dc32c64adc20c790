package checkout

import (
	"reflect"
	"testing"
)

// filled has another text or number in every field.
func filled(v reflect.Value, text string, number int64) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			filled(f, text, number)
		case reflect.String:
			f.SetString(text)
		default:
			f.SetInt(number)
		}
	}
}

func TestAFilledPartOfACardBeatsAnEmptyOne(t *testing.T) {
	var first, second Card
	filled(reflect.ValueOf(&first).Elem(), "first", 3)
	filled(reflect.ValueOf(&second).Elem(), "second", 6)
	if got := first.FilledBy(Card{}); got != first {
		t.Errorf("after an empty report the card is %+v", got)
	}
	if got := (Card{}).FilledBy(first); got != first {
		t.Errorf("after the first report the card is %+v", got)
	}
	if got := first.FilledBy(second); got != second {
		t.Errorf("after a later report the card is %+v", got)
	}
}
