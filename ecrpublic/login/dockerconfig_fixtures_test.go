package login_test

// Configuration files as the programs write them. A login for public.ecr.aws that must
// be replaced is "b2xk".
const (
	dockerLogin = `{
	"auths": {
		"https://index.docker.io/v1/": {
			"auth": "dTpw"
		}
	}
}`

	dockerLoginAfter = `{
	"auths": {
		"https://index.docker.io/v1/": {
			"auth": "dTpw"
		},
		"public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	}
}`

	dockerWithEverything = `{
	"auths": {
		"ghcr.io": {
			"identitytoken": "abc"
		},
		"public.ecr.aws": {
			"auth": "b2xk"
		},
		"zzz.example": {
			"auth": "eno=",
			"email": "z@example.com"
		}
	},
	"HttpHeaders": {
		"X-Meta": "<a&b>"
	},
	"psFormat": "table {{.ID}}\\t{{.Names}}",
	"credHelpers": {
		"123456789012.dkr.ecr.us-east-1.amazonaws.com": "ecr-login"
	},
	"pruneFilters": [
		"label=a",
		"label=b"
	],
	"currentContext": "colima",
	"plugins": {},
	"bigNumber": 12345678901234567890.10,
	"escaped": "\u003c\u00e9\/"
}`

	podmanLoginWithNamespace = `{
	"auths": {
		"public.ecr.aws/a1b2c3d4": {
			"auth": "bnM6cA=="
		},
		"public.ecr.aws": {
			"auth": "b2xk"
		}
	}
}`

	oldClients = `{
	"auths": {
		"https://public.ecr.aws/v1/": {
			"auth": "b2xk",
			"email": "a@b"
		},
		"ghcr.io": {},
		"public.ecr.aws": {
			"auth": "b2xk"
		},
		"public.ecr.aws:443/": {
			"auth": "b2xk"
		}
	}
}`

	// Go programs compare the names of members without regard to case.
	otherCase = `{"Auths": {"public.ecr.aws": {"IdentityToken": "i", "AUTH": "b2xk", "Email": "a@b"},
		"https://public.ecr.aws": {"auth": "b2xk", "Auth": "b2xkZXI="}}}`

	otherCaseAfter = `{
	"Auths": {
		"public.ecr.aws": {
			"AUTH": "QVdTOmh1bnRlcjI=",
			"Email": "a@b"
		},
		"https://public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	}
}`

	twoSpellings = `{"Auths": {"public.ecr.aws": {"auth": "b2xk"}}, "auths": {"ghcr.io": {}}}`

	twoSpellingsAfter = `{
	"Auths": {
		"public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	},
	"auths": {
		"ghcr.io": {}
	}
}`

	craneLogin = `{
	"auths": {
		"public.ecr.aws": {
			"auth": "b2xk"
		}
	}
}`

	// An empty entry says that the login is in the store.
	dockerDesktop = `{
	"auths": {
		"public.ecr.aws": {}
	},
	"credsStore": "desktop"
}`

	dockerDesktopAfter = `{
	"auths": {
		"public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	},
	"credsStore": "desktop"
}`

	otherForms = `{"auths": {"public.ecr.aws": {"email": "a@b", "username": "u", "password": "p",
		"identitytoken": "i", "registrytoken": "r", "unknown": [1]}}}`

	otherFormsAfter = `{
	"auths": {
		"public.ecr.aws": {
			"email": "a@b",
			"unknown": [
				1
			],
			"auth": "QVdTOmh1bnRlcjI="
		}
	}
}`

	onlyOurLogin = `{
	"auths": {
		"public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	}
}`

	withoutAuthsAfter = `{
	"currentContext": "x",
	"auths": {
		"public.ecr.aws": {
			"auth": "QVdTOmh1bnRlcjI="
		}
	}
}`
)
