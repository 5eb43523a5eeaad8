/** Scripts that mean the same to every POSIX shell. */
export const portableScripts: readonly string[] = [
  // Quoting.
  `printf "%s\\n" a 'b  c' "d  e" f\\ g "it's" 'say "hi"' "a\\"b" "\\$x" '\\n' "a\\b"`,
  `x='a  b'; echo $x "$x" '$x' "\${x}"; printf '[%s]' $x "$x" "" ''; echo`,
  `printf '[%s]' "a
b" c\\
d; echo`,
  `x=; printf '[%s]' $x "$x" a$x"b"; echo`,
  `echo "\`echo hi\`" "$(echo "nested $(echo "deep \\" x")")" \`echo \\\`echo back\\\`\``,
  `echo "\${x:-"quoted default"}" \${x:-'single'} \${x:-a b}; printf '[%s]' \${x:-a b "c d"}; echo`,
  `echo a#b #comment`,
  `echo "#not a comment" ; echo \\# x`,
  // Parameters.
  `unset x; echo "\${x-unset} \${x:-null} \${x+set} \${x:+nonnull}"; x=; echo "\${x-unset} \${x:-null} \${x+set} \${x:+nonnull}"; x=v; echo "\${x-unset} \${x:-null} \${x+set} \${x:+nonnull}"`,
  `unset x; echo \${x=one} \${x:=two} $x; y=; echo "\${y:=three}$y"`,
  `unset x; (echo \${x?missing}); echo $?; x=1; echo \${x?missing}`,
  `p=/usr/local/share/x.tar.gz; echo \${p##*/} \${p#*/} \${p%.*} \${p%%.*} \${p%/*} \${#p} \${p%"/x"*}`,
  `x=abcabc; echo \${x#a} \${x##*b} \${x%c} \${x%%b*} \${x#z} \${x%[bc]} \${x#??}`,
  `x='a*b'; echo "\${x%'*'b}" "\${x#a"*"}"; y='*'; echo "\${x%$y}" "\${x%"$y"b}"`,
  `set -- a 'b c' d; echo $# "$1" "$2" $*; for i; do printf '<%s>' "$i"; done; echo; for i in "$@" x"$@"y; do printf '<%s>' "$i"; done; echo`,
  `set -- a 'b c' ''; printf '[%s]' $@; echo; printf '[%s]' "$*"; echo; IFS=:; printf '[%s]' "$*" $*; echo; x="$*"; echo "$x"`,
  `set --; printf '[%s]' "$@"; echo; printf '[%s]' x"$@"y "$*"; echo; echo $#`,
  `set -- 1 2 3 4 5 6 7 8 9 ten eleven; echo \${10} $10 \${11}; shift 3; echo $1 $#; shift; echo $1`,
  `set -- -x y; echo "$1"; set -- ; echo $#; set a b; echo $*`,
  `echo "\${1:-none}"; echo "$#" "$0" | sed 's#.*/##' | cat > /dev/null; echo $?`,
  `f() { echo "$# $1"; set -- z; echo $1; }; set -- p q; f one; echo $1 $#`,
  // Splitting.
  `IFS=:; x=a:b::c:; printf '[%s]' $x; echo; x=:a; printf '[%s]' $x; echo; x='a b'; printf '[%s]' $x; echo`,
  `IFS=' :'; x=' a : b  c::d '; printf '[%s]' $x; echo`,
  `IFS=; x='a b'; printf '[%s]' $x; echo; unset IFS; printf '[%s]' $x; echo`,
  `x='a
b'; echo $x; echo "$x"; set -- $(printf 'one\\ntwo three\\n'); echo $#`,
  // Arithmetic.
  `echo $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((-7/2)) $((7%3)) $((1<<4)) $((255>>4)) $((6&3)) $((6|3)) $((6^3)) $((~5)) $((!5)) $((!0))`,
  `x=5; echo $((x+1)) $(($x*2)) $((x==5)) $((x!=5)) $((x<6&&x>4)) $((x>9||0)) $((x>3?10:20)) $((0x1f)) $((010))`,
  `x=1; : $((x+=5)); echo $x; echo $((x*=2)) $x; y=$((x=3)); echo $y$x; echo $((1?2?3:4:5))`,
  `echo $((1 + $(echo 2))) "$(( 3 * (4 - 1) ))"; i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i`,
  `echo $((-1)) $((- -1)) $((2 - -2)) $((9223372036854775807)) $((1 <= 1)) $((2 >= 3))`,
  // Globbing and tilde.
  `touch a.c b.c .h 'x y'; mkdir d; touch d/e.c; echo *; echo *.c; echo d/*; echo [ab].c [!a].c; echo ?.c; echo nosuch*; echo "*.c" '*' \\*; echo */; echo .h*`,
  `touch 1 2; x='*'; echo $x "$x"; set -f; echo *; set +f; for i in *; do echo "<$i>"; done`,
  `HOME=/home/me; echo ~ ~/x "~" \\~ a~; x=~/y; echo $x; y=a:~/z; echo $y; echo ~nosuchuser/x`,
  // Redirections.
  `echo one > f; echo two >> f; cat < f; cat f f > g; cat g; : > f; cat f; echo x 2>/dev/null >h; cat h`,
  `{ echo out; echo err >&2; } 2>&1 | cat; { echo out; echo err >&2; } 2>/dev/null; (echo sub) > s; cat s`,
  `exec 3> f; echo three >&3; exec 3>&-; cat f; exec 4< f; read x <&4; echo "got $x"; exec 4<&-`,
  `echo a > f; while read x; do echo "line $x"; done < f; if true; then echo in; fi > g; cat g`,
  `set -C; echo x > f; echo y >| f; cat f; (echo z > f) 2>/dev/null; echo $?; echo w >> f; cat f; echo n > /dev/null; echo $?`,
  `(cat < nosuch) 2>/dev/null || echo failed; { cat < nosuch; } 2>/dev/null; echo after`,
  `cat <<X
plain $((1+1)) \${y:-def} $(echo cmd) \\$x \`echo bq\`
"quotes" 'stay' \\ back\\
slash
X
echo end`,
  `cat <<'X' ; cat <<"Y"
$x \\$y $(no)
X
"a" \`b\`
Y
cat <<-Z
	tab
	  two
	Z
echo done`,
  `cat <<A - <<B
first
A
second
B
cat <<X | tr a-z A-Z
piped
X
while read l; do echo "[$l]"; done <<X
one
two
X`,
  `sh -s <<'OUTER'
f() {
cat <<'INNER'
inner $x
INNER
}
f
{ echo a; sh -s <<'DEEP'
echo deep
DEEP
}
OUTER
echo $?`,
  // Lists, pipelines, compounds.
  `true && echo yes || echo no; false && echo yes || echo no; ! true; echo $?; ! false; echo $?; true; false; echo $?`,
  `echo a | cat | cat; echo x | (read y; echo "got $y"); false | true; echo $?; true | false; echo $?; ! true | false; echo $?`,
  `if false; then echo a; elif true; then echo b; else echo c; fi; if false; then :; fi; echo $?; if true; then
echo multi
fi`,
  `for i in a b c; do [ $i = b ] && continue; echo $i; done; for i in 1 2; do for j in x y; do [ $j = y ] && continue 2; echo $i$j; done; done; while :; do break; done; echo $?`,
  `i=0; until [ $i -ge 3 ]; do echo $i; i=$((i+1)); done; while false; do :; done; echo $?; for i in; do echo never; done; echo $?`,
  `for x in abc 'a b' '' '*' 7; do case $x in a*) echo A;; '') echo empty;; '*') echo star;; [0-9]) echo digit;; *) echo other;; esac; done`,
  `case x in (x) echo paren;; esac; case ab in a|ab) echo alt;; esac; case z in y) ;; esac; echo $?; x='a*'; case abc in $x) echo pat;; esac; case abc in "$x") echo no;; *) echo quoted;; esac`,
  `case "a]" in *]) echo bracket;; esac; case - in [a-]) echo dash;; esac; case b in [!a]) echo neg;; esac; case '\\' in \\\\) echo bs;; esac; case X in [[:upper:]]) echo up;; esac`,
  `(x=sub; echo $x); echo "[$x]"; { y=brace; }; echo $y; (exit 3); echo $?; { false; }; echo $?; (cd /; pwd); pwd | grep -c /`,
  `f() { return 3; }; f; echo $?; g() { echo "$@"; }; g a "b c"; h() if true; then echo body; fi; h; f() { echo redefined; }; f`,
  `f() { local x; x=in; echo $x; }; x=out; f; echo $x; g() { local x=1 y; y=2; h; }; h() { echo "$x$y"; }; g; echo "$x$y"`,
  `f() { [ $1 -le 0 ] && return; echo $1; f $(($1-1)); }; f 3; k() (exit 5); k; echo $?`,
  `f() { while :; do return 4; done; }; f; echo $?; f() { for i in 1 2 3; do case $i in 2) return;; esac; echo $i; done; }; f`,
  `x=1 y=2; echo $x$y; x=3 env | grep '^x='; echo $x; f() { echo "in $x"; }; x=9 f; x=\${y}5 z=$x; echo $x $z`,
  `export A=1; B=2; sh -c 'echo "[$A][$B]"'; unset A; sh -c 'echo "[$A]"'; A=5 sh -c 'echo $A'; readonly R=1; (R=2) 2>/dev/null || echo readonly`,
  // Builtins.
  `printf '%s|%5s|%-5s|%05d|%x|%X|%o|%c|%%|%b|%.2s\\n' str ab cd 42 255 255 8 hello 'a\\tb' xyz`,
  `printf '%s-%s\\n' a b c d e; printf 'no args\\n'; printf '%d %d\\n' 1 0x10 010 -5; printf '%b' 'x\\ny\\0101\\n'; printf '\\101\\n'; printf '%3d|%-3d|%+d\\n' 5 5 5`,
  `printf '%s' ''; printf '%.3d\\n' 7; printf '%*s|\\n' 5 x; printf "%d\\n" "'A"; printf '%5.1f|%e\\n' 3.14159 1234`,
  `[ a = a ]; echo $?; [ a != b ] && echo ne; test -z "" && echo z; [ -n "" ]; echo $?; [ 1 -lt 2 -a 3 -gt 2 ]; echo $?; [ ! a = b ]; echo $?; [ "" ]; echo $?; [ x ]; echo $?; [ -f ]; echo $?`,
  `touch f; mkdir d; ln -s f l; [ -f f ] && [ -d d ] && [ -L l ] && [ -e l ] && [ ! -e n ] && [ -r f ] && [ ! -x f ] && [ ! -s f ] && echo files; [ \\( a = b \\) -o c = c ]; echo $?; [ "(" = "(" ]; echo $?; [ -d ] ; echo $?`,
  `echo 'a b  c' | { read x y; echo "[$x][$y]"; }; echo 'a:b:c' | { IFS=: read x y; echo "[$x][$y]"; }; printf 'a\\\\q\\n' | { read x; echo "$x"; }; printf 'a\\\\q\\n' | { read -r x; printf '%s\\n' "$x"; }; printf 'nonl' | { read x; echo "$? $x"; }`,
  `printf 'one\\ntwo\\nthree\\n' | { read a; read b; cat; echo "$a $b"; }; printf ' lead trail \\n' | { read x; echo "[$x]"; }; printf 'a::b:\\n' | { IFS=: read x y z; echo "[$x][$y][$z]"; }`,
  `eval 'x=5; echo $x'; eval "echo \\$x"; eval; echo $?; eval false; echo $?; y='echo a; echo b'; eval "$y"; $y`,
  `echo 'echo sourced $1; v=set; return 7' > s; . ./s; echo $? $v; command echo cmd; command -v echo; command -v nosuch; echo $?; type : > /dev/null; echo $?`,
  `trap 'echo bye $?' EXIT; echo hi; exit 3`,
  `(trap 'echo subtrap' EXIT; echo in); echo out; trap 'echo T' TERM; kill -TERM $$; echo after; trap - TERM; trap`,
  `trap '' TERM; kill -TERM $$; echo ignored; trap 'echo usr; exit 4' USR1; kill -USR1 $$; echo never`,
  `sh -c 'kill -KILL $$'; echo $?; sh -c 'kill -TERM $$'; echo $?; (kill -9 $(sh -c 'echo $PPID')) ; echo $?`,
  `sleep 0 & wait $!; echo $?; (exit 6) & wait $!; echo $?; wait; echo $?; { sleep 0; echo bg; } & wait`,
  `sleep 30 & p=$!; kill $p; wait $p; echo $?; kill -0 $$ && echo alive; kill -0 $p 2>/dev/null || echo gone`,
  `set -e; true; false || true; if false; then :; fi; ! true; echo still; false; echo never`,
  `set -e; f() { false; echo in; }; f && echo yes; (false; echo sub) || echo caught; x=$(false; echo sub); echo never`,
  `set -u; echo \${x-ok} $# "$@"; (echo $x) 2>/dev/null; echo $?`,
  `(set -x; echo traced) 2>&1; set -- "\${-}"; case $1 in *x*) echo on;; *) echo off;; esac`,
  `while getopts ab:c o -a -b arg -c rest; do echo "$o \${OPTARG-}"; done; echo $OPTIND; OPTIND=1; set -- -ab val x; while getopts ab: o; do echo "$o"; done; shift $((OPTIND-1)); echo "$*"`,
  `umask 027; umask; umask 022; touch f; ls -l f | cut -c1-10; umask 077; mkdir d; ls -ld d | cut -c1-10`,
  `mkdir -p a/b; cd a/b; pwd | sed 's#.*/a#/a#'; cd ..; echo "\${PWD##*/}"; cd - > /dev/null; echo "\${PWD##*/}"; cd /nosuch 2>/dev/null; echo $?; ln -s a ../../l 2>/dev/null; cd ../..; cd l/b; pwd | sed 's#.*/l#/l#'; cd -P . ; pwd | sed 's#.*/a#/a#'; pwd -P | sed 's#.*/a#/a#'`,
  `exec 2>/dev/null; nosuchcommand; echo $?; touch f; ./f; echo $?; chmod +x f; ./f; echo $?; echo 'echo script $1' > f; ./f arg; printf '#!/bin/sh\\necho shebang $1\\n' > g; chmod +x g; ./g arg; sh g other`,
  `exec echo replaced; echo never`,
  `(exec sh -c 'exit 9'); echo $?; x=$(exec echo sub); echo $x; exec > f; echo to file; exec >&2; cat f >/dev/null`,
  `x=$(printf 'a\\n\\n\\n'); echo "[$x]"; echo "$(echo a; echo b)"; x=$(false); echo $?; y=$(exit 3) ; echo $?; echo $(false) $?`,
  `f() { cat; }; echo piped | f; f <<X
here
X
f < /dev/null; echo x | { cat; cat; }; f() { echo $1 >&2; }; f err 2>&1; f() { echo redirected; } > out; f; cat out`,
  `true & echo $? ; wait; : \${x:=v} ; echo $x; : ; echo $?`,
  `yes | head -3; i=0; yes x | while read l; do i=$((i+1)); [ $i = 2 ] && break; done; echo $?`,
  `a='1 2'; b=$a; echo "$b"; set -- $a; echo $#; c="\${a#1 }"; echo $c; d=\${a%%" "*}; echo $d; echo "\${a}x" \${a}x`,
  `echo one; # comment
# another
echo two # trailing
echo 'three # not'`,
  `if true
then echo a
else echo b
fi; while read x
do echo "$x"
done <<E
l1
E
case q in
q) echo q
;;
esac
f()
{
echo newline body
}
f; { echo x
}`,
  `echo a && 
echo b || 
echo c |
cat; true ||
echo no`,
  `x='$(echo no)'; echo "$x"; y='\`echo no\`'; eval "echo $y"; echo "\\\`x\\\`"; echo "a\\
b"`,
  `kill -s TERM 2>/dev/null; echo $?; [ 1 -eq x ] 2>/dev/null; echo $?; shift 5 2>/dev/null; echo after`,
  `echo $(echo $(echo deep; echo er)) "$(cat <<X
doc in substitution
X
)"; echo "$(case a in a) echo casesub;; esac)" $( (echo paren) )`,
];
