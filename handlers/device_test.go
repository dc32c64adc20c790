package handlers_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"antom-checkout/antom"
)

// envOf is the env that Antom gets for a start of a card with these fields.
func envOf(t *testing.T, fields string) antom.Env {
	t.Helper()
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	got := buyer.postJSON(buyer.orders()+"/payments", `{"method":"CARD"`+fields+`}`)
	got.sees(http.StatusOK, `"type":"sdk"`)
	return shop.begun("createPaymentSession")[0].Env
}

func TestAntomLearnsOfTheBrowser(t *testing.T) {
	env := envOf(t, `,"screen_width":390,"screen_height":"844","color_depth":24,"time_zone_offset":-480`)
	if env.ScreenWidth != 390 || env.ScreenHeight != 844 || env.ColorDepth != 24 || env.TimeZoneOffset == nil || *env.TimeZoneOffset != -480 {
		t.Errorf("env is %+v", env)
	}
	if b := env.BrowserInfo; b.JavaEnabled == nil || *b.JavaEnabled || b.JavaScriptEnabled == nil || !*b.JavaScriptEnabled {
		t.Errorf("browser is %+v", b)
	}
	if env.DeviceID != "" || env.DeviceLanguage != "en_US" {
		t.Errorf("env is %+v", env)
	}
	if env := envOf(t, ""); env.ScreenWidth != 0 || env.TimeZoneOffset != nil || env.BrowserInfo.JavaScriptEnabled != nil {
		t.Errorf("a client that says nothing of itself: %+v", env)
	}
}

func TestAntomLearnsOfTheAppsDevice(t *testing.T) {
	const app = `,"terminal":"APP","os":"ANDROID","return_url":"myshop://pay"`
	env := envOf(t, app+`,"device_id":"a-1","device_token_id":"tok","device_brand":"Google","device_model":"Pixel 9","os_version":"15","device_language":"de_DE","screen_width":1080,"screen_height":2400,"color_depth":25,"time_zone_offset":0`)
	if env.DeviceID != "a-1" || env.DeviceTokenID != "tok" || env.DeviceBrand != "Google" || env.DeviceModel != "Pixel 9" || env.OSVersion != "15" || env.DeviceLanguage != "de_DE" ||
		env.ScreenWidth != 1080 || env.ScreenHeight != 2400 || env.ColorDepth != 24 || env.TimeZoneOffset == nil || *env.TimeZoneOffset != 0 {
		t.Errorf("env is %+v", env)
	}
	if env.BrowserInfo.JavaScriptEnabled != nil {
		t.Error("an app is no browser")
	}
}

// Facts about the device are for the assessment of risk: a wrong one costs no payment.
func TestWrongFactsAreLeftOut(t *testing.T) {
	const app = `,"terminal":"APP","os":"IOS","return_url":"myshop://pay"`
	long := `"` + string(make65()) + `"`
	for _, fields := range []string{
		`,"screen_width":-1,"screen_height":0`, `,"screen_width":1e9,"screen_height":5`, `,"screen_width":"wide","screen_height":[1]`,
		`,"color_depth":{"a":1},"time_zone_offset":"noon"`, `,"color_depth":-4,"time_zone_offset":840`, `,"color_depth":4000`, `,"java":null`,
		app + `,"device_id":` + long + `,"device_model":"Péxel","device_brand":7e1,"os_version":{},"device_language":"not a language"`,
	} {
		env := envOf(t, fields)
		if env.ScreenWidth != 0 || env.ScreenHeight != 0 || env.ColorDepth != 0 || env.TimeZoneOffset != nil || env.DeviceID != "" || env.DeviceModel != "" || env.OSVersion != "" || env.DeviceLanguage != "en_US" {
			t.Errorf("%s: %+v", fields, env)
		}
	}
}

func make65() []byte {
	text := make([]byte, 65)
	for i := range text {
		text[i] = 'x'
	}
	return text
}

func TestAntomLearnsOfTheGoods(t *testing.T) {
	shop := newShop(t)
	buyer := shop.newBuyer()
	path := buyer.orders()
	buyer.starts(path, "CARD")
	order := shop.lastOrder("createPaymentSession")
	if g := order.Goods[0]; g.URL != shop.url+"/products/MUG-01" || g.DeliveryMethodType != antom.DeliveryPhysical {
		t.Errorf("goods %+v", g)
	}
	if order.Env != nil {
		t.Error("a session says the device twice")
	}
	buyer.post(path+"/payments", "method=CARD").sees(http.StatusOK)
	if order := shop.lastOrder("pay"); order.Env == nil || order.Env.TerminalType != antom.TerminalWeb {
		t.Errorf("a card without the SDK has no device in its order: %+v", order.Env)
	}
}

func TestAnAppReadsWhatItMayPayWith(t *testing.T) {
	shop := newShop(t, withApps)
	buyer := shop.newBuyer()
	path := buyer.orders()
	type answer struct {
		Status  string
		Methods []struct {
			Method, Name, Category, Logo, Hint string
			Selected                           bool
			Brands, Plans                      []any
		}
		SavedCards []any `json:"saved_cards"`
	}
	read := func(query string) (a answer) {
		t.Helper()
		must(t, json.Unmarshal([]byte(buyer.get(path+"/methods"+query).sees(http.StatusOK).body), &a))
		return a
	}
	a := read("?terminal=APP&os=ANDROID")
	if a.Status != "open" || len(a.Methods) < 3 || a.SavedCards == nil {
		t.Fatalf("%+v", a)
	}
	page := buyer.get(path).sees(http.StatusOK)
	for i, m := range a.Methods {
		if m.Method == "" || m.Name == "" || m.Category == "" || m.Hint == "" || m.Selected != (i == 0) || m.Brands == nil || m.Plans == nil {
			t.Errorf("%+v", m)
		}
		page.sees(http.StatusOK, `data-method="`+m.Method+`"`)
	}
	if got := buyer.get(a.Methods[0].Logo[len(shop.url):]); got.status != http.StatusOK {
		t.Errorf("the logo answers %d", got.status)
	}
	started := buyer.startsInApp(path, a.Methods[0].Method, "ANDROID", "myshop://pay")
	must(t, shop.control.Pay(started.PaymentRequestID))
	shop.quiet()
	if a := read(""); a.Status != "paid" || len(a.Methods) != 0 {
		t.Errorf("a paid order offers %+v", a)
	}
	buyer.get("/checkout/NOSUCHTOKENNOSUCHTOKENNOSU/methods").sees(http.StatusNotFound)
}
