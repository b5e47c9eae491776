package access

// Hindrances are what would refuse every exclusion from a policy as it stands, for
// whoever it is asked: for a check beforehand. The judgement is that of requests.
func (p PolicyFacts) Hindrances(policy Policy) []Finding {
	var v Verdict
	relaxable := checkRelaxable(&v, p)
	switch {
	case !p.Known || !p.Found:
	case policy.Group == "":
		checkWritable(&v, p)
	default:
		checkGroup(&v, p, policy)
	}
	if relaxable && len(p.Deciders) == 0 {
		v.add(Refusal, "owner.none", "The policy has no owner who could decide.")
	}
	return v.Findings
}
