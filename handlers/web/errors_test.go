package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/web"
)

func TestWhoLeavesIsNoErrorAndIsAnswered(t *testing.T) {
	for form, want := range map[web.Form]string{web.Page: "<h1>", web.JSON: `{"error":`, web.Empty: ""} {
		s := newSite(t)
		ctx, leave := context.WithCancel(t.Context())
		s.fails("/it", func(c echo.Context) error {
			web.AnswerIn(c, form)
			leave()
			return fmt.Errorf("read: %w", c.Request().Context().Err())
		})
		got := s.gets("/it", func(r *http.Request) { *r = *r.WithContext(ctx) })
		if line := s.line(); got.Code != 499 || line["level"] != "INFO" || line["error"] != nil || !strings.Contains(got.Body.String(), want) || (want == "") != (got.Body.Len() == 0) {
			t.Errorf("%s: status %d, line %v, answer %.200q", form, got.Code, line, got.Body)
		}
	}
	s := newSite(t)
	s.fails("/it", func(echo.Context) error { return context.Canceled }) // the program cancelled it; the client waits
	if got, line := s.gets("/it"), s.line(); got.Code != 500 || line["level"] != "ERROR" {
		t.Errorf("status %d, line %v", got.Code, line)
	}
}
