#!/usr/bin/env bash
# TeX and Chromium, which the tests of the pages need, and Rocq (Coq), which those of certificates need: installed where they are missing and apt-get may be used.
# Without them those tests skip and say what to install; nothing else depends on them.
set -uo pipefail

packages=()
command -v pdflatex >/dev/null && kpsewhich amsmath.sty >/dev/null || packages+=(texlive-latex-base lmodern)
command -v lualatex >/dev/null || packages+=(texlive-luatex)
command -v kpsewhich >/dev/null && kpsewhich fontspec.sty >/dev/null || packages+=(texlive-latex-recommended)
command -v kpsewhich >/dev/null && kpsewhich ltjsarticle.cls >/dev/null || packages+=(texlive-lang-japanese)
command -v chromium >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
command -v coqc >/dev/null && coq_library=$(coqc -where) || coq_library=
[ -n "$coq_library" ] || packages+=(coq)
[ -d "$coq_library/user-contrib/Coquelicot" ] || packages+=(libcoq-coquelicot)
[ -d "$coq_library/user-contrib/Interval" ] || packages+=(libcoq-interval)
[ ${#packages[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null \
  && "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 \
  && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" \
    >/dev/null 2>&1; then
  echo "installed: ${packages[*]}"
else
  echo "apt-get cannot be used here; the tests that need these packages skip: ${packages[*]}"
fi
