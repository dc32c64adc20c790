package handlers_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antom-checkout/antom"
)

// appsDoc is docs/apps.md, with the JSON of its examples in order.
func appsDoc(t *testing.T) (text string, examples []map[string]any) {
	t.Helper()
	doc, err := os.ReadFile("../docs/apps.md")
	must(t, err)
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)```").FindAllSubmatch(doc, -1) {
		var example map[string]any
		must(t, json.Unmarshal(block[1], &example))
		examples = append(examples, example)
	}
	if len(examples) != 4 {
		t.Fatalf("docs/apps.md has %d examples, want methods, start, action and status", len(examples))
	}
	return string(doc), examples
}

// sameFields compares the names of two JSON values, all the way down; a list is
// compared by its first element.
func sameFields(t *testing.T, where string, doc, real any) {
	t.Helper()
	switch doc := doc.(type) {
	case map[string]any:
		answered, ok := real.(map[string]any)
		if !ok {
			t.Errorf("%s: documented as an object, is %v", where, real)
			return
		}
		for name, value := range doc {
			if got, there := answered[name]; there {
				sameFields(t, where+"."+name, value, got)
			} else {
				t.Errorf("%s.%s is documented and not answered", where, name)
			}
		}
		for name := range answered {
			if _, told := doc[name]; !told {
				t.Errorf("%s.%s is answered and not documented", where, name)
			}
		}
	case []any:
		if answered, ok := real.([]any); !ok {
			t.Errorf("%s: documented as a list, is %v", where, real)
		} else if len(doc) > 0 && len(answered) > 0 {
			sameFields(t, where+"[0]", doc[0], answered[0])
		}
	}
}

// The guide for apps is walked as it is written: methods, start, SDK, status, capture.
func TestTheGuideForAppsIsTrue(t *testing.T) {
	text, examples := appsDoc(t)
	methods, start, action, status := examples[0], examples[1], examples[2], examples[3]
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	answerOf := func(got answer) (fields map[string]any) {
		t.Helper()
		must(t, json.Unmarshal([]byte(got.sees(http.StatusOK).body), &fields))
		return fields
	}

	sameFields(t, "methods", methods, answerOf(buyer.get(path+"/methods?terminal=APP&os=ANDROID")))

	body, err := json.Marshal(start)
	must(t, err)
	started := answerOf(buyer.postJSON(path+"/payments", string(body)))
	sameFields(t, "start", action, started)
	request := shop.begun("createPaymentSession")[0]
	offset := antom.Int(-480)
	if got, want := request.Env, (antom.Env{
		TerminalType: antom.TerminalApp, OSType: antom.OSAndroid, ClientIP: "127.0.0.1", BrowserInfo: request.Env.BrowserInfo,
		DeviceID: "9774d56d682e549c", DeviceBrand: "Google", DeviceModel: "Pixel 9", OSVersion: "15", DeviceLanguage: "en_US",
		ScreenWidth: 1080, ScreenHeight: 2424, ColorDepth: 24, TimeZoneOffset: request.Env.TimeZoneOffset,
	}); got != want || got.TimeZoneOffset == nil || *got.TimeZoneOffset != offset {
		t.Errorf("Antom learns %+v, want %+v", got, want)
	}
	if want := start["return_url"]; request.PaymentRedirectURL != want {
		t.Errorf("Antom leads back to %s, want %s", request.PaymentRedirectURL, want)
	}
	sameFields(t, "status", status, answerOf(buyer.get(path+"/status")))

	must(t, shop.control.Pay(started["payment_request_id"].(string)))
	shop.quiet()
	buyer.expectStatus(path, "paid", "paid")
	buyer.tells("SDK_INTERNAL_ERROR").sees(http.StatusNoContent)

	for _, field := range slices.Sorted(func(yield func(string) bool) {
		for name := range start {
			if !yield(name) {
				return
			}
		}
	}) {
		if !strings.Contains(text, "`"+field+"`") {
			t.Errorf("docs/apps.md does not explain %s", field)
		}
	}
}

// The guide knows every event of Antom's Android document, and every status of the shop.
func TestTheGuideForAppsKnowsEveryEvent(t *testing.T) {
	text, _ := appsDoc(t)
	for _, name := range strings.Fields(`
		SDK_PAYMENT_SUCCESSFUL SDK_PAYMENT_PROCESSING SDK_PAYMENT_FAIL SDK_PAYMENT_CANCEL SDK_PAYMENT_ERROR SDK_FORM_VERIFICATION_FAILED
		SDK_START_OF_LOADING SDK_END_OF_LOADING SDK_INTERNAL_ERROR SDK_CREATEPAYMENT_PARAMETER_ERROR SDK_INIT_PARAMETER_ERROR
		SDK_CREATECOMPONENT_ERROR SDK_CALL_URL_ERROR
		createPaymentSession notifyPayment inquiryPayment notifyCapture onDestroy createComponent setLocale showLoading showSubmitButton
		open processing authorized paid review cancelled expired refunded partially_refunded`) {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(text) {
			t.Errorf("docs/apps.md does not name %s", name)
		}
	}
}
