# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make install, uninstall, deb. DESTDIR: a root to install into; PREFIX: where below it.

PREFIX := /usr/local
SYSCONFDIR := /etc
BINDIR := $(PREFIX)/bin
UNITDIR := $(PREFIX)/lib/systemd/system
SYSUSERSDIR := $(PREFIX)/lib/sysusers.d
MANDIR := $(PREFIX)/share/man
DOCDIR := $(PREFIX)/share/doc/tcpwhy
COMPLETIONDIR := $(PREFIX)/share/bash-completion/completions

P := $(B)/packaging
UNITS := $(P)/tcpwhy.service $(P)/tcpwhy@.service
CONFIGURATION := $(wildcard etc/tcpwhy/*) packaging/logrotate/tcpwhy
# Where the shell's $$f of them goes, in $$to.
TO = case $$f in etc/*) to=$${f\#etc/} ;; *) to=logrotate.d/tcpwhy ;; esac; to=$(DESTDIR)$(SYSCONFDIR)/$$to
DOCS := README.md CHANGELOG.md SECURITY.md $(wildcard docs/*.md)
EXAMPLES := $(wildcard packaging/grafana/* packaging/prometheus/*)

.PHONY: install uninstall deb fields manuals

# Pages and completion come out of the program itself: they know what it knows.
PAGES = tcpwhy.1 $(patsubst %,tcpwhy-%.1,$(shell $(B)/tcpwhy help --commands)) tcpwhy-events.7 tcpwhy.conf.5

manuals: $(B)/tcpwhy | $(P)
	$(call say,MAN)
	$(Q)rm -rf $(P)/man && mkdir -p $(P)/man
	$(Q)for c in tcpwhy $$($(B)/tcpwhy help --commands); do \
		page=tcpwhy-$$c.1; test $$c != tcpwhy || page=tcpwhy.1; $(B)/tcpwhy help --man $$c >$(P)/man/$$page || exit 1; done
	$(Q)$(B)/tcpwhy help --man events >$(P)/man/tcpwhy-events.7 && $(B)/tcpwhy help --man conf >$(P)/man/tcpwhy.conf.5
	$(Q)$(B)/tcpwhy help --man completion >$(P)/tcpwhy.bash

fields: $(B)/tcpwhy
	$(Q)$(B)/tcpwhy help --man fields >docs/fields.md
	$(Q)$(B)/tcpwhy help --man verdicts >docs/verdicts.md

# A configuration file that is there already may have been changed: it stays.
install: all manuals $(UNITS) ## install the program, its service, manuals and sample configuration (DESTDIR, PREFIX)
	$(Q)install -d $(addprefix $(DESTDIR),$(BINDIR) $(UNITDIR) $(SYSUSERSDIR) $(DOCDIR) $(SYSCONFDIR)/tcpwhy \
		$(SYSCONFDIR)/logrotate.d $(DOCDIR)/examples $(COMPLETIONDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7)
	$(Q)install -m 755 $(B)/tcpwhy $(DESTDIR)$(BINDIR)/tcpwhy
	$(Q)install -m 644 $(UNITS) $(DESTDIR)$(UNITDIR)/
	$(Q)install -m 644 packaging/systemd/tcpwhy.sysusers $(DESTDIR)$(SYSUSERSDIR)/tcpwhy.conf
	$(Q)install -m 644 $(DOCS) $(DESTDIR)$(DOCDIR)/
	$(Q)for page in $(P)/man/*; do install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/ || exit 1; done
	$(Q)install -m 644 $(P)/tcpwhy.bash $(DESTDIR)$(COMPLETIONDIR)/tcpwhy
	$(Q)install -m 644 $(EXAMPLES) $(DESTDIR)$(DOCDIR)/examples/
	$(Q)for f in $(CONFIGURATION); do $(TO); test -e $$to || install -m 644 $$f $$to; done
	$(Q)test -n "$(DESTDIR)" || echo "Installed. As a service: systemd-sysusers && systemctl daemon-reload && systemctl enable --now tcpwhy"

# Configuration that was changed, and logs, stay.
uninstall: ## remove what `make install` installed (same DESTDIR, PREFIX)
	$(Q)rm -f $(DESTDIR)$(BINDIR)/tcpwhy $(addprefix $(DESTDIR)$(UNITDIR)/,$(notdir $(UNITS))) \
		$(DESTDIR)$(SYSUSERSDIR)/tcpwhy.conf $(DESTDIR)$(COMPLETIONDIR)/tcpwhy \
		$(foreach page,$(PAGES),$(DESTDIR)$(MANDIR)/man$(lastword $(subst ., ,$(page)))/$(page)) $(addprefix $(DESTDIR)$(DOCDIR)/,$(notdir $(DOCS)))
	$(Q)rm -f $(addprefix $(DESTDIR)$(DOCDIR)/examples/,$(notdir $(EXAMPLES)))
	$(Q)for f in $(CONFIGURATION); do $(TO); ! cmp -s $$f $$to || rm $$to; done
	$(Q)rmdir --ignore-fail-on-non-empty $(wildcard $(addprefix $(DESTDIR),$(DOCDIR)/examples $(DOCDIR) $(SYSCONFDIR)/tcpwhy))

# One source for both units: that of the default route's interface, and that of a named one.
# Made anew each time, because they depend on PREFIX.
.PHONY: $(UNITS)
$(P)/tcpwhy.service: packaging/systemd/tcpwhy.service.in | $(P)
	$(call say,UNIT)
	$(Q)sed -e 's/@ON@//' -e 's/@UNIT@/$(@F)/' -e 's,@BINDIR@,$(BINDIR),' \
		-e 's,@ARGUMENTS@,--config $(SYSCONFDIR)/tcpwhy/tcpwhy.conf,' $< >$@

$(P)/tcpwhy@.service: packaging/systemd/tcpwhy.service.in | $(P)
	$(call say,UNIT)
	$(Q)sed -e 's/@ON@/ on %i/' -e 's/@UNIT@/$(@F)/' -e 's,@BINDIR@,$(BINDIR),' \
		-e 's,@ARGUMENTS@,--config $(SYSCONFDIR)/tcpwhy/tcpwhy.conf -i %i -w /var/log/tcpwhy/events-%i.ndjson,' $< >$@

$(P):
	$(Q)mkdir -p $@

comma := ,
space := $(subst ,, )

# What a package is built from, and where: nothing of build/ goes with it.
SOURCES := Makefile README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE bpf docs etc include packaging tests user
DEB_TREE := $(B)/deb/tcpwhy-$(VERSION)
DEB := $(B)/deb/tcpwhy_$(VERSION)_$$(dpkg --print-architecture).deb

deb: ## build a Debian package into build/deb/ (needs dpkg-dev, debhelper)
	$(Q)command -v dh >/dev/null || { echo "make deb: needs debhelper: apt install dpkg-dev debhelper" >&2; exit 1; }
	$(Q)rm -rf $(B)/deb && mkdir -p $(DEB_TREE)
	$(Q)cp -a $(SOURCES) $(DEB_TREE) && cp -a packaging/debian $(DEB_TREE)/debian
	$(Q)sed -i 's/@BUILD_DEPENDS@/$(subst $(space),$(comma) ,$(strip $(filter-out gcc make libc6-dev,$(PACKAGES))))/' \
		$(DEB_TREE)/debian/control
	$(Q)cd $(DEB_TREE) && env -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS="parallel=$$(nproc)" dpkg-buildpackage -b -us -uc \
		>../build.log 2>&1 || { tail -n 30 ../build.log; echo "make deb: failed; all of it is in $(B)/deb/build.log" >&2; exit 1; }
	$(Q)rm -rf $(DEB_TREE) && echo "$(DEB)"
