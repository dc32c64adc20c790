package tools

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

const (
	manifest = "../deploy/kubernetes/antom-checkout.yaml"
	compose  = "../deploy/container/compose.yaml"
)

// The manifests hold what Kubernetes' own types hold: a misspelt field, or one in the wrong
// place, fails. No cluster runs them here.
func TestTheManifestsAreOfKubernetesTypes(t *testing.T) {
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]any{
		"v1 ConfigMap": &core.ConfigMap{}, "v1 Service": &core.Service{}, "apps/v1 StatefulSet": &apps.StatefulSet{}, "networking.k8s.io/v1 Ingress": &networking.Ingress{},
	}
	for document := range bytes.SplitSeq(text, []byte("\n---\n")) {
		var head struct{ APIVersion, Kind string }
		if err := yaml.Unmarshal(document, &head); err != nil {
			t.Fatal(err)
		}
		kind := head.APIVersion + " " + head.Kind
		into, known := kinds[kind]
		if !known {
			t.Fatalf("a document is %s, which this test does not know or has read", kind)
		}
		if err := yaml.UnmarshalStrict(document, into); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if err := yaml.UnmarshalStrict(append(document, "\nspeck: {}\n"...), into); err == nil {
			t.Errorf("%s takes a field that does not exist", kind)
		}
		delete(kinds, kind)
	}
	if len(kinds) > 0 {
		t.Errorf("missing: %v", kinds)
	}
}

// The compose file holds what the Compose specification's schema holds.
func TestTheComposeFileIsOfItsSchema(t *testing.T) {
	details := types.ConfigDetails{WorkingDir: "../deploy/container", ConfigFiles: []types.ConfigFile{{Filename: compose}}}
	project, err := loader.LoadWithContext(context.Background(), details)
	if err != nil {
		t.Fatal(err)
	}
	service, err := project.GetService("antom-checkout")
	if err != nil || !service.ReadOnly || len(service.CapDrop) != 1 {
		t.Errorf("the service is %+v: %v", service, err)
	}
}
