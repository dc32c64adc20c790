package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

// While the key changes, cookies of the key before are read; once it is gone they are none.
func TestACookieOfTheKeyBeforeIsRead(t *testing.T) {
	first, second := bytes.Repeat([]byte{1}, 64), bytes.Repeat([]byte{2}, 64)
	written := httptest.NewRecorder()
	c := echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), written)
	value := "ann"
	if err := NewSessions[string]("buyer", BuyerDays, true, first).Save(c, &value); err != nil {
		t.Fatal(err)
	}
	cookie := written.Result().Cookies()[0]
	if cookie.Name != "__Host-buyer" || !cookie.Secure || !cookie.HttpOnly || cookie.MaxAge != BuyerDays*86400 {
		t.Errorf("over https the cookie is %s", cookie)
	}
	for name, row := range map[string]struct {
		keys [][]byte
		read bool
	}{
		"the same key":                 {[][]byte{first}, true},
		"a new key and the one before": {[][]byte{second, first}, true},
		"a new key alone":              {[][]byte{second}, false},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		request.AddCookie(cookie)
		got := NewSessions[string]("buyer", BuyerDays, true, row.keys...).Get(echo.New().NewContext(request, httptest.NewRecorder()))
		if (got != nil) != row.read || row.read && *got != value {
			t.Errorf("with %s the cookie reads %v", name, got)
		}
	}
}
