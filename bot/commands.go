package bot

import "slices"

// commands is the table, in the order of the help.
func commands() []command { return slices.Concat(asks(), looks(), keeps(), alerts()) }

// asks are the commands that ask for something.
func asks() []command {
	return []command{
		{
			name: "pass", aliases: []string{"tap"},
			usage:   "<person> [60m] [once|multi] [at <time>] [for <reason>]",
			example: "pass joni 60m once for a new laptop",
			does:    "ask for a pass: opens the form, filled in",
			who:     askers, read: readPass,
		},
		{
			name: "exclude", aliases: []string{"exempt"},
			usage:   "<person> from <policy> [for 4h] [at <time>] [because <reason>]",
			example: "exclude grady from \"unsupported platforms\" for 4h because his new phone is not set up",
			does:    "ask for an exclusion from a Conditional Access policy: opens the form, filled in",
			who:     askers, read: readExclude,
		},
	}
}

// looks are those that look at other people.
func looks() []command {
	return []command{
		{
			name: "status", usage: "<person>[, <person> …]", example: "status grady",
			does: "what somebody has, what it is good for, what they are excluded from, and the next step",
			who:  readers, read: readPeople,
		},
		{
			name: "why", usage: "<person>", example: "why grady",
			does: "why somebody's sign-ins failed, and what would help",
			who:  readers, read: readPerson,
		},
		{
			name: "guide", usage: "<person> [iphone|android]", example: "guide joni android",
			does: "the steps by which somebody comes to a passkey, worked out for them",
			who:  readers, read: readGuide,
		},
		{
			name: "report", aliases: []string{"rollout"}, example: "report",
			does: "how far the rollout is: who can satisfy phishing-resistant MFA, and who is left",
			who:  readers, read: readAlone,
		},
	}
}

// keeps are those about what was asked for.
func keeps() []command {
	return []command{
		{
			name: "policy", usage: "[<policy>]", example: "policy unsupported platforms",
			does: "who is excluded from a policy, by whom and until when",
			read: readPolicy,
		},
		{
			name: "end", usage: "<reference>", example: "end PD-7K3M",
			does: "end an exclusion, or delete a pass, before its time is over",
			who:  askers, read: readEnd,
		},
		{
			name: "unlock", usage: "<person>", example: "unlock joni",
			does: "let requests for somebody be made again who was locked",
			who:  guards, read: readPerson,
		},
		{
			name: "requests", aliases: []string{"request", "list"}, usage: "[<person>|all|open|in force|closed|denied]", example: "requests",
			does: "what waits for you, what you asked for, what is in force",
			read: readRequests,
		},
		{
			name: "handover", aliases: []string{"shift"}, example: "handover",
			does: "what is open at the desk, for whoever takes over",
			who:  readers, read: readAlone,
		},
		{
			name: "history", usage: "<person|reference> [refused|failed|denied] [since 7d]", example: "history joni",
			does: "who asked, agreed and did what, when",
			read: readHistory,
		},
		{
			name: "help", aliases: []string{"hello", "hi", "?"}, example: "help",
			does: "what you may do here",
			read: readAlone,
		},
	}
}
