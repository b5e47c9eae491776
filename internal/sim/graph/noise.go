package graph

import (
	"maps"
	"net/http"
	"strconv"
)

// noisily adds to a reply what it costs and how much is left, and on a plain
// read the advice that Graph gives unasked.
func (g *Graph) noisily(req Request, reply Reply, usage http.Header) Reply {
	noise := g.Manners.Now().Noise
	if !noise && len(usage) == 0 {
		return reply
	}
	header := http.Header{}
	maps.Copy(header, reply.Header)
	maps.Copy(header, usage)
	reply.Header = header
	if !noise {
		return reply
	}
	segments, err := segmentsOf(req.URL)
	if err == nil && serviceOf(req.Method, segments) == identity {
		header.Set("X-Ms-Resource-Unit", strconv.Itoa(unitsFor(req, segments)))
	}
	header.Set("Odata-Version", "4.0")
	return reply
}

// diagnose adds the headers of the gateway that answered.
func (g *Graph) diagnose(h http.Header) {
	h.Set("X-Ms-Ags-Diagnostic", `{"ServerInfo":{"DataCenter":"Norway East","Slice":"E","Ring":"3","ScaleUnit":"002","RoleInstance":"OSL1PEPF0000`+g.tenant.ID()[:4]+`"}}`)
	h.Set("Strict-Transport-Security", "max-age=31536000")
	h.Add("Vary", "Accept-Encoding")
}

// advise adds the advice that a reply carries whose request selects nothing.
func (a *ask) advise(body object, context string) {
	if len(a.query.selected) == 0 && a.graph.Manners.Now().Noise {
		body["@microsoft.graph.tips"] = "Use $select to choose only the properties your app needs, as this can lead to performance improvements. For example: GET " + context + "?$select=id"
	}
}
