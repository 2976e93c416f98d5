"""Requests as an experienced developer types them in a hurry: short, technical, telegraphic."""

CREATE = [
    '[new|fresh] file [-> |=> |@ |- |]{p}, [content|contents|body|text][:| =] {t}',
    '{p} [(new)|- new file|-- new file|= new file|(new file)][:|,| -] [content|body|text|one '
    'line][:| =| ->] {t}',
    '{t} [->|=>|-->] [new file|fresh file|new file:|file to be created:] {p}',
    'touch {p}[ and|, then| +] [put|drop|stick|write] [in|this in|this inside]: {t}',
    '[drop|stick|dump|throw] {t} [into|in] [new file|a fresh|fresh file|a brand new] {p}',
    '[no|there is no|we have no] {p} [yet|so far] [-|--|->|=>] [create|add|make] it[ w/| with|, '
    'content:] {t}',
    '[CI|the build|deploy script|linter|my test|release job] [wants|needs|expects|looks for] a '
    '{p}[, so| ->| -|:] [create|make|add] it [w/|with] {t}',
    '[need|want|gimme] {p} [w/|with|containing] [one line|a single line|just this|only this][:| '
    '->] {t}',
    '[need|want] [new file|a new file|file], name[:| =] {p}, [content|text|body][:| =] {t}',
    '[create|make|write|add]:\n[file|name|path]: {p}\n[content|text|body|line]: {t}',
    '[text|content|line|body]: {t}\n[file|save as|new file|write to]: {p}',
    '[file|path|name]: {p}\n[content|text|body]: {t}\n[create pls|create it|-> create|make it '
    'so]',
    '[create|mk|make|gen] {p} [<-|<=|:=] {t}',
    '[create|add|write] {p} w/ [content|body|text|contents|a line]: {t}',
    '[quick one|quick|small thing|trivial]: [new file|file] {p}, [inside|in it|in there] '
    '[just|only|] {t}',
    '[placeholder|stub|dummy|fixture|sample] file[ pls| needed| wanted|]: {p}, [content|text] '
    '{t}',
    '[create|make|set up] [a stub|a placeholder|a dummy|a fixture|a sample file], {p}, [w/ '
    'content|with text|containing only|that has just] {t}',
    '[before i forget|for later|note to self|so i remember]: [save|store|write down|put] {t} '
    '[in new file|to new file|-> new file|as] {p}',
    '[write|save|emit|dump] [to|into] {p} [(new file)|(create it)|(does not exist yet)]: {t}',
    '[write|save|dump|put] [this|this line|following] [into|to|in] {p}: {t}',
    '[write|save|put]\n{t}\n[to|into|as|->] {p}',
    '{t}\n[-> save as|^ goes in new file|save that as|put this in|=> write to] {p}',
    '[create|make|need] {p}\n[its text|content|only line|what goes in]: {t}',
    '[create|make|add] {p} - [should|must|needs to] [read|say|contain|hold]: {t}',
    'can [you|u] [make|create|add|spin up] {p} [w/|with] [just|only|] [this|this line]: {t}',
    '[empty repo, need|need|missing] a file. [name|path] -> {p}, [text|content] -> {t}',
    '[my colleague|QA|ops|a teammate|the client] [wants|asked for|needs] [a file|file] {p} [w/ '
    'text|saying|with content|that reads] {t}',
    '[content|text] {t} [-> file|=> file|- file name|- path] {p}[, create|, make it|, new|]',
    'init {p} [w/|with|to] {t}',
    '[create|make|produce|write] [one-line file|one-liner|single-line file|a one-line file] '
    '{p}[:| -| w/] {t}',
    '[config|file|input] missing, [create|add|make] {p}[:| ->| with] {t}',
    '[file|new file] wanted: [name|path] {p} / [content|text] {t}',
    'make sure [file|new file|] {p} [exists|is created] and [says|holds|contains|reads]: {t}',
    '[as|under] {p}, [save|store|create a file w/|write a file holding] {t}',
    '[bootstrap|seed] {p} - [new file, content|first and only line|initial content|initial '
    'text]: {t}',
    '{p} [does not exist|is missing|is not there yet|got lost], [create|make|recreate|write] '
    'it[:| w/ content| with text| ->] {t}',
    '[for the release|for the demo|for tests|for docs|for CI]: [add|create|new] file {p}, '
    '[text|content|body] {t}',
    '[create|make] [file|] {p} && [fill w/|write in it|put in it|put inside]: {t}',
    'what i [need|want]: [new file|a file] {p}, [content|text|inside] {t}',
    '[add to repo|add to project|add here|put here]: [new|a new] file {p} [w/|with|having] [the '
    'line|the text|content|] {t}',
    'pls [create|make|add|write] {p} - [text|content|body|one line]: {t}',
    '[echo|print|pipe] {t} [into|to] [a new file|new file|new] {p}',
    '[file creation|new file req|todo, new file|task, new file]: {p} [w/ text|-> text|with '
    'content] {t}',
    'one file[, pls|]: {p}. [Content|Text|Body|Goes in]: {t}',
]

CREATE_LONG = [
    '[new file|fresh file|create|write] {p}, [content|contents|body|text] [below|follows|as '
    'below|=]:\n[|\n]{b}',
    '{p} [(new)|- new file|<-|-> create]:\n[|\n]{b}',
    '[need|want|missing] {p}[ w/ this| with this inside| w/ exactly this|, content verbatim]:\n'
    '[|\n]{b}',
    '[dump|drop|stick|paste] [this|this block|the block below|below] [into|in] [new|new file|a '
    'new] {p}:\n[|\n]{b}',
    '[everything|all|stuff|text|block] below -> {p}\n[|\n]{b}',
    '[create|make|write|gen] {p}, [verbatim|as is|exactly this|line by line]\n[|\n]{b}',
    '[path|file|name]: {p}\n[content|contents|body|text]:\n[|\n]{b}',
    '[CI|deploy script|the build|my test] [needs|expects|wants] {p} - [create|write|make] it[ '
    'w/ content|, text|, body|]:\n[|\n]{b}',
    'touch {p} and [fill it w/|paste in|put this in|write in it]:\n[|\n]{b}',
    '[my colleague|a teammate|ops] [sent|mailed|gave me] this, [save|store|write] [it as|it '
    'to|as] {p}:\n[|\n]{b}',
    '[save|store|write] as {p}[ (new file)| - no changes|, verbatim|]:\n[|\n]{b}',
    '[to|into] new file {p}, [write|put|save] [these|the following lines|what follows|the rest '
    'of this msg]:\n[|\n]{b}',
    'no {p} yet -> [create|make|add] [it|one] [w/|with|from] [lines below|text below|this '
    'text]:\n[|\n]{b}',
    'can [you|u] [create|make|write] {p}? [content|body|text goes] [here|below]:\n[|\n]{b}',
]

APPEND = [
    '{p}[ ->| =>|:| -] append {t}',
    '{t} >> {p}',
    'append[:| ->] {t} >> {p}',
    '{p} += {t}',
    '[add|tack|stick|glue] {t} [on|onto] [the end|the tail|the bottom] of {p}',
    '[tail|end|bottom|eof] of {p}: [add|append|put|insert] {t}',
    '[append|add] @ [end|bottom|eof] of {p}[:| ->] {t}',
    '[one more|another|1 more|extra] [line|entry|item|row] [for|in] {p}[:| ->| =] {t}',
    '{p}: [add|put] [line|new line|one line|entry] at [end|bottom|the very end][:| ->] {t}',
    '[forgot|missed|left out] [a line|an entry|one thing|something] in {p}[, append| - append|, '
    'add at the end|: add at the bottom] {t}',
    '[before i forget|quick|small one|for the record|for the log], [append|add at end]: {t} -> '
    '{p}',
    '[keep|leave] {p} as is, [just|only] [append|add at the end|tack on|put below] {t}',
    '[do not overwrite|no overwrite of|careful, keep] {p} - [append|add a line at the end|only '
    'append][:| ->] {t}',
    '{p} [lacks|misses|is missing|still lacks] {t} as [last|final|closing] line[, append| - '
    'add|, add it|, fix]',
    '[line|text|entry]: {t}\n[append to|add at end of|goes at the end of|tack onto]: {p}',
    '[file|path]: {p}\n[append|add at end|add line at bottom]: {t}',
    '[append|add]\n{t}\nto [the end of|the tail of|] {p}',
    '[ops|QA|my colleague|the reviewer] [wants|asked for|needs] {t} [appended to|added at the '
    'end of|at the bottom of] {p}',
    '[log|record|note] {t} [in {p} (append)|at the end of {p}|as new last line in {p}]',
    '[existing file|file is there already]: {p}. [Append|Add at the end|Tack on][:|] {t}',
    '[can you|could you|can u] [append|tack|add] {t} [at|onto] the [end|bottom] of {p}?',
    '[new|another] [last|final] line [in|for] {p}[:| ->| =] {t}',
    '{t} - [append|add at the end|tack on, bottom|add as last line] [in|of|@] {p}',
    '[after|below|under] the [last line|existing content|current text|final line] of {p}[, '
    'add|: add| -> put|, insert] {t}',
    '{p} should [end|finish|close] w/ [line|extra line|one more line,] {t}[, append| - append '
    'it|]',
    '[append|add] to {p} [(end of file)|(at the bottom)|(last line)|(keep the rest)][:| ->] {t}',
    '[extend|grow|continue] {p} by [one|1|a] line[:| ->| -] {t}',
    '[push|shove|drop|slap] {t} [to|at] the [end|bottom|tail] of {p}',
    '[changelog|todo|docs|release] [thing|stuff|update]: {p} [gets|needs] {t} [at the end|as '
    'last line|appended]',
    'pls [append|add at end|add at bottom]: {t}, [file|target|in]: {p}',
    '[one line|1 line] to [append|add at the end]: {t} [->|=>] {p}',
    'the [list|log|text] in {p} is not [complete|done|finished][, append|: append| - add at the '
    'end]: {t}',
]

READ = [
    '{p}[ -| --| ->|:] [show|print|dump|cat|contents|contents pls]',
    '{p}: [what is inside|whats inside|what is in there|what does it say|what has it got]?',
    '[dump|paste|spit out|echo|type] [the contents of|all of|whole|] {p}',
    '[contents|content|text|full text|body] of {p}[, pls|?| - show|]',
    '[gimme|need|want] [the contents of|full text of|whole|all of|everything in] {p}',
    '[can not|cannot|can never] [remember|recall] what [is in|i put in|we have in|i wrote in] '
    '{p}[, show| - print it|, dump it|: show me]',
    '[forgot|no idea|not sure] what [is in|we have in|we put in|i wrote in] {p}[, show it| - '
    'cat it|, print it|: dump it]',
    '[quick look|quick peek|peek|look] [at|into|inside] {p}[, show me the text| - what is in '
    'there?|, paste the contents|: what does it say?]',
    'cat {p} [pls|for me|and paste it|- want to see the whole thing]',
    '[debugging|reviewing|in a call|in a hurry|on mobile], [need|show|paste] [contents of|text '
    'of|what is in] {p}',
    '[before i edit|before i change|before i touch] {p}[:|,| -] [show|print|dump] [it|current '
    'content|what is in it now]',
    '[my colleague|someone|a teammate|the intern] [changed|edited|touched] {p}, [what does it '
    'say now?|show me the current text|print it]',
    '[file|path]: {p}\n[show|print|contents?|dump it]',
    '[current|present|actual] [content|text|state|contents] of {p}?',
    '[lemme|let me|want to|need to] [have a look at|look at|check] [what is in|the text in|the '
    'contents of] {p}',
    'what [did i|did we|did they] [write|put|store|leave] in {p}?',
    'whats [in|inside|written in] {p}[ rn| now| atm|]?',
    '[wtf|what on earth|what exactly|what actually] is in {p}?',
    '[read out|recite|quote|reproduce] {p}[, all of it| in full| verbatim|]',
    '[pull up|bring up|fetch|load] {p}[ and|, then] [show|paste|print|dump] [it|the text|the '
    'contents]',
    '[show|print|dump] me {p}[, whole file| in full| - need to check sth|, all lines|]',
    '[review|PR|audit] time: [show|print|paste] {p}',
    '[open|read] {p}[, paste here| - want to read it|, print all| -> show text]',
    'pls [cat|dump|paste|show|print] {p}',
    '{p} [says what|contains what|has what in it|holds what][, exactly|]?',
    '[is {p} empty or what? show it|{p}, is it empty? print it either way]',
    '[read|check] {p}, [report|return|post|give] [its text|full contents|everything in it]',
    '[can you|could you|can u] [dump|cat|paste|print out] {p}[ for me|, whole thing|]?',
    '[text|contents|content] [inside|of|stored in] {p} - [show|show pls|what is it?|print]',
    "[do not|don't] [change|edit|touch] anything, [just|only] [show|print|cat|read] {p}",
    'stdout <- {p}[, pls|]',
    '[handover|standup|demo] in [5|10] min, [show|paste|need to see] [what {p} says|what is in '
    '{p}|the text of {p}]',
]

BACK = [
    '[cat|dump|paste|type] [it|the file|{p}]',
    '[verify|double-check|sanity check|check it worked]: [show|print|cat] [the file|it|its '
    'contents|{p}]',
    '[show|paste|print] [the result|what it looks like now|the final text|what is in it now|the '
    'new content]',
    '[dump|paste|output] [its contents|the contents|the whole file|the full text|what it holds]',
    '[read|cat|print] [the file|it] [back|so i can check|to be sure|out]',
    '[let me|lemme] see [it|the file|the result|what it says|its text]',
    '[confirm|prove it] by [showing|printing|dumping|catting] [it|the file|its content|{p}]',
    'what does [it|the file|{p}] [say|contain|look like] now?',
    '[give|send] me [its text|its contents|the contents|the full file]',
    '[contents of|text of] [the file|it|{p}] pls',
    '[open|pull up|bring up] [it|the file|{p}] and [show me|paste it here|print it]',
    '[echo|spit out|print out] [the file|its text|its content|all of it]',
    '[show|print] {p} [in full|so i see it|to verify|as it is now]',
    'i want to [see|read|check] [it|the file|what it says|what is in it]',
    '[post|report|return] what [it says|is in it|the file says|{p} says]',
    '[view|display|show] [the file again|the whole thing|the file to me|its current content]',
    '[do a|a] [quick readback|cat] of [it|the file|{p}]',
]

REPLACE = [
    '{p}[:| -| --] {o} [->|=>|-->] {n}',
    '{o} [->|=>|-->] {n} in {p}',
    '{o} [->|=>|-->] {n} ([in|file|text in] {p})',
    '[in|file] {p}: s/old/new/, old = {o}, new = {n}',
    'sed {p}: {o} [->|=>|to|becomes] {n}',
    '[typo|mistake|bug|error|wrong word] in {p}[:|,| -] {o}, [should be|must be|ought to '
    'be|make it|correct is] {n}',
    '[typo|oops|my bad|argh]: [i wrote|it says|we have] {o} in {p}, [should be|make '
    'it|meant|change to] {n}',
    '{p}, [find|old|from|before]: {o}, [replace|new|to|after]: {n}',
    '[old|from|before|was]: {o}\n[new|to|after|should be]: {n}\n[file|in|path]: {p}',
    '[file|path|edit]: {p}\n{o} [->|=>] {n}',
    '[file|in]: {p}\n- {o}\n+ {n}',
    'in {p} [use|go with|we want|it has to be] {n}, not {o}',
    '{n} [instead of|not|rather than|in place of] {o} in {p}[, pls| - fix| - change it|]',
    'it is {n} [now, not|and not|these days, no longer] {o} - [fix|update|adjust|correct] {p}',
    '[no more|no longer|kill] {o} in {p}, [use|put|make it|write] {n} [there|instead]',
    '{o} [is outdated|is stale|is old|is wrong|is obsolete] [in|inside] {p}[, use| -> use|, new '
    'one is|, change it to] {n}',
    '{o} was renamed [to|->] {n}, [update|adjust|fix|patch] {p}',
    '[we|they|ops|legal|marketing] renamed {o} to {n}: [reflect that in|update|patch|adjust] {p}',
    '[patch|tweak|touch up|amend] {p}[:| -] {o} [becomes|to|-> |is now|gives way to] {n}',
    '[overwrite|override|exchange|switch] {o} [w/|with|by] {n} in {p}',
    '[switch|flip|convert|alter] {o} [to|into|-> ] {n} [in|inside] {p}',
    'in {p}, {o} [->|=>|becomes|to] {n}[, rest stays| - nothing else|, leave the rest|]',
    '[only|just] change [one thing|one word|this bit] in {p}: {o} [->|to|becomes] {n}',
    '[reviewer|QA|my boss|the client|a colleague] [says|complains|notes] {o} in {p} [should '
    'be|must be|has to be|ought to be] {n}',
    '[for the release|for the demo|before release|before we ship], {o} in {p} [has to '
    'become|must become|needs to be|-> ] {n}',
    '[find|look for|spot|locate] {o} in {p}, [make it|turn it into|replace w/|put] {n}[ '
    'instead|]',
    '[find-replace|find/replace|search-and-replace|substitution] in {p}: {o} [by|->|with|to] {n}',
    '[can you|could you|can u] [switch|fix|flip|change] {o} to {n} in {p}?',
    '[drop|ditch|lose|kill] {o} [in|from] {p}, [put|write|use] {n} [there|in its place|instead]',
    '{p} [has|says|reads|uses] {o}[ where it should have| but should say|, should be|, want] '
    '{n}[, fix| - fix that|]',
    '{p} [still has|still says|still mentions|still uses] {o}, [change to|update to|make '
    'that|should be] {n}',
    'wherever {o} [shows up|occurs|pops up|is] in {p}, [put|use|write|make it] {n}',
    'pls [fix|edit|patch|correct] {p}: {o} [->|=>|should read|must read] {n}',
    'rename {o} [->|=>|to] {n} inside {p}[ (text, not file name)| - content only, keep file '
    'name|, only the text in it]',
    '[edit|edit file|fix] {p}, [swap out|replace] {o}, [swap in|put] {n}[ instead|]',
    'replace in {p}: {o} [w/|->|=>] {n}',
    '[replace|exchange] {o} w/ {n}, [file is|file:|in file|in] {p}',
    'i [want|need] {n} where {p} [has|says|reads] {o}',
    'what is {o} in {p} [now|today|atm] should [become|be|turn into] {n}',
    'text {o} in {p} [=>|->|to become|must become] {n}',
]

KEY = [
    '{p}[: |, | -> | - ]{k}?',
    '{k} in {p}?',
    '{k} [from|out of|according to|as per|per] {p}[?|, pls| - what is it?|]',
    '{k} = ? [(see {p})|(in {p})|see {p}|check {p}]',
    '{p}, [need|want|gimme|show] [the|just the|only the|] {k}',
    '[gimme|need|want|fetch|pull] {k} [from|out of] {p}',
    'grep {k} [from|out of] {p}, [what is it set to|value|what value]?',
    '[grab|pluck|dig out|extract|fish out] [the|] {k} [value|setting|entry|] [from|out of] {p}',
    'what [value|val] [does|did] {k} have in {p}?',
    'whats the {k} [in|per|according to|set in] {p}?',
    'whats {k} [set to|at] in {p}?',
    '[which|what] {k} [are we on|is in use|is active|applies|do we run with], [see|check|per] '
    '{p}',
    '[current|configured|present|actual] {k} [in|per|according to] {p}?',
    '[forgot|can never remember|can not remember|lost track of] [the|our|] {k}, [it is '
    'in|check|look in|see] {p}',
    '[debugging|in a call|filling a form|writing docs], [need|tell me|quick,] the {k} [from|in] '
    '{p}',
    '[someone|ops|my colleague|QA|support] [asks|is asking|wants to know] [about|for] the {k}, '
    '[check|it is in|look in|see] {p}',
    '[check|lookup|look up|query] {p} for [the|its|] {k}[, report value| - what is it?|, tell '
    'me|]',
    '[file|path]: {p}\n[want|value of|need|report]: {k}',
    '[value|val|setting] of {k}[,| -|:] [in|see|from|file] {p}',
    '{k} -> [what value|which value|value|what is it] in {p}?',
    '[can you|could you|can u] [look up|check|get|find] [the|] {k} in {p}?',
    "[do not|don't] [need|dump|show] the whole file, [just|only] the {k} [from|in] {p}",
    '{p} [defines|sets|lists|gives|states] [a|the|some] {k}[, tell me what it is| - which?|, '
    'value?|: what is it?]',
    '[according to|as per|going by] {p}, {k} is [what|which|set to what]?',
    '[print|echo|output|return] [just|only] the [value of|] {k} [in|from] {p}',
    'what did [we|i|they] [set|choose|pick|use|put] [for|as] {k} in {p}?',
    '[remind me|tell me again]: {k} in {p}[ is what|]?',
    '[resolve|look up] {k} ([from|in|src:] {p})',
    'pls [check|look up|get|report] {k} in {p}',
    '[read|parse|scan|inspect] {p}, [return|report|give me|print] [the|only the|] {k}',
    '[not sure|unsure|no clue] [what|which] {k} we [have|use|set][, check|: see| - look in] {p}',
    '[the|our] {k}, what is it? [see|check|it is in|should be in] {p}',
    '[before the deploy|before release|before i merge], [confirm|check|tell me] the {k} '
    '[set|given|listed] in {p}',
    'how [is|was] {k} [configured|defined|set up] in {p}?',
]

LINE = [
    '{p}[: |, | -> | - ]{w} line?',
    '{w} line [of|in|from] {p}[?|, pls| - show| - what is it?|]',
    '[gimme|need|want|fetch|grab] [the|just the|only the] {w} line [of|from|in] {p}',
    '{p}, [show|print|dump|paste] [the|only the|just the|its] {w} line',
    'whats [the|on the] {w} line [of|in] {p}?',
    "[do not|don't] [show|dump|print] all of {p}, [just|only] the {w} line",
    '[check|look at|see] the {w} line [of|in] {p}[, what does it say?|, report it| - paste it|]',
    '[file|path]: {p}\n[want|show|print]: {w} line[ only|]',
    '[can you|could you|can u] [show|paste|print] the {w} line of {p}?',
    '[in|of] {p}, what [does|did] the {w} line [say|read|contain]?',
    '[quick check|sanity check|log check|quick]: {w} line of {p}',
    'how does the {w} line [of|in] {p} [read|go|look]?',
    '[extract|output|return|quote] [the|] {w} line [out of|from] {p}',
    '[only|just|show only] the {w} line pls, {p} [is long|is huge|is a big file|has too much '
    'else]',
]

COUNT = [
    '{p}[: |, | -> | - ][line count|num lines|no. of lines|how many lines|lines, how many]?',
    '[line count|num of lines|number of lines|total lines|LOC] [of|in|for] {p}[?|, pls|]',
    'how [long is|big is] {p}[ in lines| (in lines)|, counted in lines]?',
    '[gimme|need|want|get] [the|] [line count|number of lines|total number of lines] '
    '[of|for|in] {p}',
    'wc lines [of|in|for] {p}[, pls|?|]',
    '[count|tally] lines[:| ->| in] {p}',
    '# of lines in {p}?',
    '[file|path]: {p}\n[want|need|report]: [line count|number of lines]',
    '[how many|what number of] [rows|lines] [in|does one find in|do we have in|did i write in] '
    '{p}?',
    '[can you|could you|can u] [count|check] [the lines in {p}|how many lines {p} has]?',
    '[is {p} long|is {p} big]? [count its lines|how many lines]',
    "[do not|don't] [show|print] {p}, [just|only] [count the lines|tell me how many lines it "
    'has|the line count]',
    '[for the report|for stats|curious|sanity check]: [lines in|line count of|number of lines '
    'in] {p}',
    '{p} has [how many|x] lines, [x = ?|tell me the number|what number?|number pls]',
]

SET = [
    '{p}: [set|] {k} = {n}',
    '{p}: {k}={n}',
    '{k}={n} in {p}[, pls| - set it|]',
    'set {k} = {n} ([in|file:|file] {p})',
    'set {k}: {n} [in|@|inside] {p}',
    '[want|need] {k} = {n} in {p}',
    '{p}, [setting|option|param|key] {k}, new [value|val][:| =| ->] {n}',
    '[new|updated|correct] [value|val] [for|of] {k} in {p}[:| =| is] {n}',
    '[new|changed] {k}: {n}. [Update|Adjust|Edit] {p}',
    '[our|the] {k} is [now|from now on|as of today] {n}, [update|adjust|edit|fix] {p} '
    '[accordingly|to match|]',
    '[file|config]: {p}\n[key|setting|option]: {k}\n[value|new value|set to]: {n}',
    '[file|config]: {p}\n[set|change] {k} [=|to] {n}',
    '[whatever|no matter what] {k} is in {p} now, [set it to|make it|change it to|it should be] '
    '{n}',
    '{k} in {p} is [wrong|off|outdated|stale|too old], [set it to|right value is|should be|make '
    'it] {n}',
    '[ops|QA|my boss|a colleague|support] [wants|asks for|needs] {k} [at|set to|=] {n} in {p}',
    '[for the release|for the demo|for prod|for tests|for staging], [set|put] {k} [to|at|=] {n} '
    'in {p}',
    '[bring|put|get|move] {k} to {n} in {p}',
    '[configure|reconfigure|adjust|tweak] {p}[ w/| with|:| so] {k} = {n}',
    '[config change|cfg change|settings change|tweak][:| -] {k} = {n}, [in|file|file:] {p}',
    '[override|overwrite|update] the value of {k} in {p}[ w/| with|:| ->] {n}',
    '[assign|give] {n} to [setting|key|option] {k} in {p}',
    '[can you|could you|can u] [set|put|get] {k} [to|at] {n} in {p}?',
    'use {n} as [the|new|] {k} in {p}',
    '{n} [is the new|should be the|as new] {k}[, update| - edit|, set in|: fix] {p}',
    'pls [set|put] {k} := {n} in {p}',
]

LIST = [
    '[dir|folder] [listing|contents|content][, pls|?|]',
    '[dir|ls|list] [here|pls|cwd|current dir]',
    '[ls|dir] [of cwd|of current dir|in this dir|right here]',
    'whats [in|inside] [here|cwd|this dir|this folder|the current dir]?',
    'whats [lying around|around|there] in [this dir|this folder|the cwd]?',
    '[gimme|need|want] [a|the] [file list|listing|dir listing|list of files][ here| of cwd|]',
    '[file list|filenames|list of filenames|names of files][, pls| here|, this dir| in cwd]',
    '[files|which files|what files] [in cwd|in this dir|around here|lying here]?',
    '[just|only] [list|the names of] [files|what files we have], [no contents|not their '
    'content|no need for the text]',
    '[cwd|this dir|current dir][: |, | -> ][list|show files|which files|contents|what is there]?',
    '[lost track|forgot|no idea|not sure] [of what files are here|which files are here|what '
    'files we have here], [list|show|print] them',
    '[new to|just joined|first day on] this project, [list the files|show me the files|what '
    'files are there]',
    '[before i start|before we start|first things first], [list|show] [files|what files '
    'exist|the files in this dir]',
    '[can you|could you|can u] [list|ls|print] [this dir|cwd|the current dir|what is in this '
    'dir]?',
    '[show|print|dump|paste] [dir listing|the listing|file names|the file list][ of cwd| here|]',
    '[do|run] a [quick|plain|simple] [listing|file listing|dir listing][ here| of this dir|]',
    '[overview|inventory|quick overview] of [files|all files] [here|in this dir|in the project '
    'dir]',
    '[scan|check|inspect|look at] [this dir|cwd|the current folder], [tell me the file '
    'names|report file names|list files|which files?]',
    '[all|which] [filenames|file names] [in|inside] [this dir|cwd|current dir|here][?|, pls|]',
    'what does this [dir|folder|project dir] [contain|hold|have in it]?',
    'what [is in|do we find in|did i leave in|sits in] the [cwd|current dir|working dir|project '
    'dir]?',
    '[did i|did we|did they] leave any files [here|in this dir]? [list them|which|show]',
    '[where are we? list files|pls list files|list all filenames] [here|in cwd|in this dir]',
    '[my colleague|a teammate|someone] [asks|wants to know] [what files|which files] are '
    '[here|in this dir]',
    '[list|enumerate|print] [everything|stuff|all entries] [here|in cwd|in this dir|in current '
    'dir]',
    '[contents|content|listing] of [this dir|cwd|current dir|this folder|working dir][?|, pls|]',
    '[fetch|get|pull|produce] [dir listing|the file list|a listing|all file names][ for cwd| '
    'here|]',
    'files here[?|, list| - which| -> list| - show me]',
    '[let me|lemme] [see|have] [the dir|what files are here|the file list|a listing]',
    '[any files|anything] in [this dir|cwd|here|the current dir][? list them| - list| -> ls|, '
    'which ones?]',
    'i [want|need] to [know|check] [what files|which files] [exist here|are in this dir|are in '
    'cwd]',
]

LIST_FOLDER = [
    '{p}[: |, | -> | - ][list files|which files|ls|listing pls|dir listing]',
    'ls {p}[, pls| - what is there?| for me|]',
    'whats in [dir|folder|subdir|the dir] {p}?',
    '[dir listing|listing|file list|list of files] [of|for] {p}[?|, pls|]',
    '[gimme|need|want] [the|] [files|filenames|file names|listing] [in|under|of] [dir|folder|] '
    '{p}',
    'files [in|under|inside] {p}[?| - list| -> list|, pls]',
    '[peek|look|check] [into|inside] [dir|folder] {p}[, which files?|, list files|: file '
    'names?| and list it]',
    'what does [dir|folder|the subfolder] {p} [contain|hold|have in it]?',
    '[list|print|enumerate] [what is in|everything in|all entries of|contents of] '
    '[dir|folder|the folder] {p}',
    '[dir|folder]: {p}\n[list|ls|which files?|show file names]',
    '[can you|could you|can u] [ls|list|show] [dir|folder|the dir] {p}?',
    '[forgot|no idea|can never remember] what [is in|sits in|we have in] [folder|dir] {p}[, '
    'list it| - ls|: list]',
    '[not here|not cwd], [folder|dir|subdir] {p}: [list files|which files|ls]',
    '[do|run] a [quick|plain] listing of [folder|dir|] {p}',
    '[my colleague|a teammate] put [files|stuff|things] [in|into] [folder|dir] {p}, [list '
    'them|which ones?|ls]',
    '[contents|content|filenames|file names] of [folder|dir|subdir] {p}[?|, pls|]',
    '[is there anything|anything|any files] [in|under] [folder|dir] {p}? [ls|list it|which '
    'files?]',
]

SEARCH = [
    'grep {w}[, which file| - which file| -> file|, report file]?',
    'grep[: |, | -> ]{w}',
    '[grep|rg|ack|search] [repo|project|tree|codebase|this dir|cwd] for {w}',
    '{w}[: | - |, ][which file|what file|where|in which file|where is it used]?',
    '{w} - [grep|find|search|locate] it[, report file|, which file has it|, file name pls|]',
    '[who|what] [uses|mentions|references|refers to] {w}[, which file|, file|]?',
    '[need|want|gimme] [the file|file|name of the file] [w/|with|containing|that mentions] {w}',
    'which file [has|contains|uses|references|includes] {w}[ in it| somewhere|]?',
    '[can not|cannot|can never] [find|remember] where {w} [is|was|lives|sits], '
    '[grep|search|look] for it',
    '[forgot|no idea|lost track] [where|in which file] {w} [is|lives|sits|was][, find it|, '
    'search| - grep|]',
    '[any|all] [refs|references|occurrences|mentions] of {w}[?| here?| in this repo?|]',
    '[find|list|show] [refs|usages|uses|occurrences|mentions] of {w}',
    '[got|saw|seeing] {w} in [a log|an error msg|the trace|a ticket], [where is it in our '
    'files|which file has it|grep for it]',
    '[reviewer|QA|ops|my colleague] [asks|wants to know] [where|in which file] {w} '
    '[is|occurs|appears|comes from]',
    '[before i rename|before i remove|before i change] {w}[:|,] [where is it used|which files '
    'have it|find the file with it]',
    '[full-text search|text search|content search|grep job|search][: | -> ]{w}',
    '[pattern|needle|string|search term]: {w}\n[scope|where]: [all files|this dir|whole project]',
    'where does {w} [live|come from|sit|show up|come up]?',
    'where [did i|did we|did they] [put|use|define|write|mention] {w}?',
    '[some|one] file [here|in this repo|in this dir] [has|mentions|contains] {w}[, which| - '
    'which| - which one|, find it]?',
    '[file|filename] [w/|with|that contains|containing] {w}[?|, pls| = ?| - find it]',
    '[hunt down|track down|pin down|spot] {w} [in the repo|in our files|in this dir|in the '
    'project|across files]',
    '[is there a file with|does any file here use|does anything reference|do any files use] {w}?',
    '[can you|could you|can u] [grep for|track down|find out which file has|search for] {w}?',
    '[do we|do i|do they] [use|mention|have|reference] {w} [anywhere|in any file|somewhere '
    'here]?',
    'pls [grep|find|locate|search for] {w} [in all files|in the repo|in this dir|here]',
    '[look|dig|go] through [all files|the repo|the tree|this dir], [find|report where you '
    'see|tell me which has] {w}',
    '[run|do] a [search|grep|text search] for {w}[ here| in this dir| over all files|]',
    '{w} [must be|should be|is|has to be] [in some file|somewhere|in one of the files][ here|], '
    '[where|which one|find it]',
    '[path|name] of the file [that has|w/|mentioning|using] {w}[, pls|?]',
    'hits for {w}[ in this repo| here| in this dir|]?',
    '[string|text|token|symbol|name] {w} [occurs|appears|is used|is found] [where|in which '
    'file]?',
]

RUN = [
    '[exec|execute|run]: {c}',
    '[exec|fire off|kick off|invoke] {c}',
    '[cmd|shell|sh|bash|command][: | -> ]{c}',
    '[shell|terminal|cmd line|bash], [run|exec|do][:|] {c}',
    '[exec|run|invoke] [cmd|this cmd|the cmd|shell cmd][: | ]{c}',
    '{c} [-> output|=> output|- output pls|-- what does it print|-> what comes out]?',
    '{c}\n[^ run that|run this|run it pls|exec|run it, paste output]',
    '[run|exec]\n{c}',
    '[run|exec] {c} [-|--|->] [paste output|show stdout|output pls|need the output|what does it '
    'print?]',
    '[output|stdout|result] of {c}[?|, pls| - show it|]',
    '[gimme|need|want] [output of|stdout of|what you get from|the result of] {c}',
    '[can not|cannot] run it [here|myself|from my phone|on this box], [exec|pls run|run for '
    'me]: {c}',
    '[in a call|in a hurry|hands full|on mobile], [run|exec] for me: {c}',
    '[debugging|CI is red|build is broken|deploy stuck|before release][, | - ][run|exec|try]: '
    '{c}',
    '[docs say|readme says|my colleague says|ops says] to run {c}[ - do it| - go| - pls do| - '
    'try it]',
    '[my colleague|ops|QA|a teammate] [wants|needs|asks for] the output of {c}',
    '[forgot|not sure|no idea|can never remember] what {c} [prints|gives|says|outputs][, run '
    'it| - run it|, try it|: try]',
    '[does|will] {c} work[?| here?| at all?] [run it|try it|exec it|run and tell me]',
    'what do [i|we|you] get [from|w/|with|for] {c}?',
    'what [comes back from|is printed by|is returned by] {c}?',
    'what [would|will|does] {c} [give|give us|yield|produce|spit out]?',
    '[sanity check|smoke test|quick check|quick test|check][: | -> ][run|exec|] {c}',
    '[can you|could you|can u] [exec|fire|invoke|try] {c}[?| - want the output| - need the '
    'result]',
    'pls [run|exec|execute|invoke]: {c}',
    '[paste|show|report|post] [stdout|output|whatever comes] of {c}',
    '[run|exec] once: {c}',
    '[use|via|with|in] [bash|sh|your shell|the shell tool][: | -> ]{c}',
    '[next cmd|cmd to run|command to run|to run|to execute][: | -> | = ]{c}',
    '[just|simply] [run|exec] {c}[ - nothing else| - no edits| - and show what it says|]',
    '[type|enter|issue] {c} [in|into|at] [the shell|a terminal|the prompt|bash][, show output| '
    'and show what it says|]',
    '[launch|trigger|kick off] {c} [and|+|then] [report|post|paste|show] [output|the '
    'result|what it prints]',
    'let [me|us] see what {c} [says|prints|gives|outputs|returns]',
    '$ {c}',
    '> {c}',
]

CHORES = {
    'mv': [
        'mv {a} {b}',
        'mv[: | ]{a} [->|=>] {b}',
        'rename[: | ]{a} [->|=>] {b}',
        '{a} [->|=>|-->] {b}[ (rename)| (mv)|, rename| - just rename]',
        '{a}: [rename to|new name|mv to|move to|should be named|should be called] {b}',
        '{a} is a [bad|dumb|misleading|wrong|silly] name, [make it|rename to|call it|use] {b}[ '
        'instead|]',
        '[file|old name|old]: {a}\n[rename to|new name|new]: {b}',
        '[from now on|as of now|for consistency|for the release], {a} [is called|should be '
        'called|gets the name|is to be named] {b} - [rename it|mv it]',
        '[give|assign] {a} the [new name|name|file name] {b}',
        '[file|] {a} [needs|gets|should get] [a new name|another name|renaming], {b}',
        '[can you|could you|can u] [mv|rename|move] {a} [to|->] {b}?',
        '[no copy|not a copy], [mv|move|rename] {a} [to|->] {b}',
        '[wrong|bad] [file name|filename|name]: {a}, [correct one|right one|should be|rename '
        'to] {b}',
        '[turn|switch] the [name|file name|filename] {a} [to|into] {b}',
    ],
    'cp': [
        'cp {a} {b}',
        'cp[: | ]{a} [->|=>] {b}',
        'copy[: | ]{a} [->|=>] {b}',
        '{a} [->|=>|-->] {b}[ (copy)| (cp)|, copy| - copy, keep the original]',
        '[backup|back up|clone|dup] {a} [to|as|->] {b}',
        '[backup|copy|clone] of {a}[, name|, named|, call it| ->] {b}',
        '[before i edit|before i break|before i touch] {a}[:|,] [copy it|back it up|cp it|save '
        'a copy] [to|as] {b}',
        '[need|want] [a copy|a second copy|a duplicate|a backup] of {a}[,| as|, name:|, called] '
        '{b}',
        '[source|src|from]: {a}\n[copy to|cp to|copy it to]: {b}',
        '[keep|leave] {a}, [make|create|add] a [copy|duplicate|clone] [named|called|->|=] {b}',
        '[can you|could you|can u] [cp|copy|dup|clone] {a} [to|as] {b}?',
        '{a}: [make a copy|duplicate it|copy it|back it up], [name it|as|call it] {b}',
    ],
    'rm': [
        'rm {a}[, pls| - not needed|]',
        'rm[: | -> ]{a}',
        '{a}[: | - | -> ][rm|delete|delete it|kill it|remove|can go]',
        '{a} [is obsolete|is stale|is junk|is unused|is dead|is garbage][, delete|, rm it| -> '
        'delete| - remove it|]',
        '[nuke|zap|kill|trash|drop|purge|wipe out] [file|the file|] {a}',
        "[no longer|do not|don't] need {a}[, rm| - delete| -> rm|, so kill it|, remove it]",
        '[cleanup|clean up|housekeeping|tidy up][: | - ][rm|delete|remove|drop] {a}',
        '[file|path]: {a}\n[delete|rm|remove it|kill it]',
        '[can you|could you|can u] [rm|nuke|delete|drop] {a}?',
        '{a} [should|must|has to|needs to] [go|go away|disappear|be gone|be deleted]',
        '[before release|before the merge|before we ship|for the release][, | - '
        '][delete|remove|rm|drop] {a}',
        '[created|committed|left] {a} by [accident|mistake][, delete it|, rm| - kill it|, '
        'remove]',
        '[throw away|throw out|toss|discard|unlink] [file|the old|] {a}',
        '[nobody|no one] [uses|needs|reads] {a} [any more|now|these days][, rm| - delete it|, '
        'kill it|, drop it]',
    ],
    'mkdir': [
        'mkdir {a}[, pls|]',
        'mkdir[: | -> ]{a}',
        '[new|fresh|empty] [dir|folder|directory][: | -> | = | - ]{a}',
        '{a}[: | - | -> ][new dir|mkdir|create dir|new folder|make this folder]',
        '[need|want|gimme] [a dir|dir|a folder|a new dir|an empty dir] [named|called|] {a}',
        '[dir|folder|directory] {a} [is missing|does not exist|is not there yet][, create| - '
        'mkdir|, make it| -> mkdir]',
        '[CI|the build|deploy script|logger|my test] [needs|expects|wants] [dir|a dir|folder|a '
        'folder] {a}[, create it|, mkdir| - make it|]',
        '[can you|could you|can u] [mkdir|create dir|make a dir|add a folder] {a}?',
        '[set up|prepare|start|init] [an empty|a new|a] [dir|folder|directory][: | ]{a}',
        '[dir|folder]: {a}\n[create|mkdir|make it]',
        '[make|create] sure [dir|folder|the folder] {a} exists',
        '[add|put] [an empty|a new] [dir|folder] {a} [here|in here|to the project]',
        'pls [mkdir|make dir|create dir|add dir] {a}',
    ],
}

JOINS = [
    '; ',
    ' -> then ',
    ' && ',
    '; and then ',
    ', next ',
    '; next, ',
    ' -- then ',
    ' - then ',
    '; after that: ',
    ', after that ',
    '. Once done: ',
    ', once done ',
    '; when done, ',
    '. Right after, ',
    ', afterwards ',
    '; afterwards, ',
    '. Also ',
    ' + then ',
    '\nthen ',
    '\n',
    '\n-> ',
    '\n\nafter that: ',
    ', followed by: ',
    '; finished? then ',
    ', as a next step ',
]

RUN_IT = [
    'exec it[, paste output|, show stdout|]',
    '[exec|fire|launch|start|try] [it|the script|{p}]',
    '[run|exec] {p} [w/|with|via|using] {i}',
    '{i} {p}',
    '[launch|start|exec|run] it [via|using|w/] {i}',
    '[test|try|smoke-test] it: [run|exec] [it|{p}|the script]',
    '[give|show|paste] me [its output|what it prints|the output of the script|the output of {p}]',
    '[run|exec] [that script|that|the thing|the new script|{p}] [once|to check|to verify]',
    '[check|verify] [it works|it runs|the output] by running [it|{p}|the script]',
    'call {i} on [it|{p}|the script|that file]',
    '[run|exec] [it|{p}|the script] and [paste|post|report] [stdout|output|the result|what it '
    'prints]',
    'what does [it|the script|{p}] print when [run|you run it|executed]?',
    '[do a|one] [test run|trial run|run] [of it|of {p}|of the script|w/ {i}]',
    'see what [it|{p}|the script] [prints|outputs|says] [w/ {i}|when run|if you run it]',
]

SCRIPT = [
    'script {p}[: | -> | - ][prints|print|output|should print|echo] {t}',
    '{p}[: | -> | - ][script that prints|tiny script, prints|one-liner printing|script, output] '
    '{t}',
    '[need|want|gimme] [a script|a tiny script|script|a one-liner script], {p}, [that '
    'prints|printing|to print|output =] {t}',
    '[write|make|create|gen] {p}, [it|which] [just|only|] [prints|outputs] {t}',
    '[write|hack up|knock together|throw together|whip up] [a tiny|a quick|a small|a one-line] '
    'script {p} [printing|that outputs|to print|that echoes] {t}',
    '[create|write|add] script {p} w/ [output|stdout|a print of] {t}',
    '[tiny|small|trivial|hello-world type] script[, pls|]: {p}, [prints|output|outputs|should '
    'print] {t}',
    '[file|script]: {p}\n[prints|output|should print|stdout]: {t}',
    '[smoke test|for CI|for the demo|to test the setup][, | - ][create|write|make] {p} '
    '[printing|that prints|which prints] {t}',
    '[create|make|write] [an executable demo|a demo script|a test script|a dummy script] {p}: '
    '[prints|just prints|only prints|output] {t}',
    '[have|let] {p} be a script that [prints|outputs|echoes|writes to stdout] {t}',
    'code for {p}: [one print of|just print|single line printing|print only] {t}[, create it|, '
    'write it|]',
    '[running|executing] {p} should [print|output|give|show] {t}, [write|create] [it|that '
    'script]',
    'pls [write|create|make] {p} - [a script printing|a script, prints|script to print] {t}',
]

FIND_EDIT = [
    'some file [here|in this dir|in the repo] has {o}, [make it|change it to|should be|turn it '
    'into] {n}',
    '{o} [->|=>] {n}, [no idea which file|not sure which file|file unknown|do not know the '
    'file], [grep first|find it|search first]',
    '{o} [->|=>] {n}, [wherever it is|whichever file has it|grep for the file|find the file '
    'yourself]',
    'grep {o}, [then|and] [change|fix|turn|set|edit] it [to|into] {n}',
    '[grep for|find|track down|locate|hunt down] {o}, [replace w/|make it|change to|put] {n}[ '
    'there| instead|]',
    '[typo|mistake|wrong word] {o} [somewhere|in one of the files|in some file], [find|grep] '
    'and [fix to|change to|make it] {n}',
    '[forgot|no idea|not sure] where {o} is[, find it|, grep it| - search] and [change it '
    'to|replace it w/|make it] {n}',
    '[we|they|ops] renamed {o} to {n}, [find the file that has the old one|grep for the old '
    'one|find where the old one still is] and [update|fix|patch] it',
    '[one|some|exactly one] file [says|contains|mentions|still has] {o}[, find it and put| - '
    'find and replace w/|: find it, change to] {n}',
    '[find-replace|search-and-replace|find/replace] [in the repo|in this dir|across files|over '
    'all files]: {o} [->|=>|by] {n}',
    '[old|from]: {o}\n[new|to]: {n}\n[file|where]: [unknown, search|find it|grep for '
    'it|somewhere here]',
    '[whichever|whatever] file [has|contains|mentions] {o} should [have|say|use] {n} instead[, '
    'fix| - edit it|]',
    '[can you|could you|can u] [find|grep for|locate] {o} [here|in the repo|in this dir] and '
    '[make it|change it to|replace it w/] {n}?',
]

FIND_READ = [
    '[grep for|track down|hunt down] {o} and [show|cat|dump|paste] [the file|that file|the '
    'whole file]',
    '[need|want] to [see|read] the [file|whole file] [w/|with|that has|that mentions] {o}[, '
    'find it| - grep first|]',
    '[which|what] file has {o}? [cat it|show it|print the whole thing|dump that file]',
    '{o} is in [some file|one of the files|one file here][, cat that file|, show it whole| - '
    'find and print that file]',
    '[cat|dump|print|paste] [whichever file|the file that|the one file that] '
    '[has|mentions|contains] {o}',
    '[forgot|no idea|not sure] [which file|what file] has {o}, [find it and cat it|find it, '
    'show its text|find and print that file]',
    'contents of the file [w/|containing|that mentions|having] {o}[, pls|, find it first|]',
    '{o}[: | -> | - ]find the file, [cat it|dump it|show its contents|print it all]',
    '[can you|could you|can u] [find|locate] the file [w/|with|mentioning] {o} and '
    '[cat|dump|print|show] it?',
    '[grep|search] {o} -> [open|cat|show|print] the [matching file|file you find|file w/ the '
    'hit]',
    '[find|grep] which file [has|mentions|uses] {o}, then [cat|show|dump|read out] [that one|it '
    'in full|the whole file]',
]

COPY = [
    '[contents|content|text] of {a} [->|=>|-->] {b}',
    '[read|cat|take] {a}[, | -> ][write same to|save same as|same text into|dump into] {b}',
    '{b} = [copy of|same text as|same content as|duplicate of] {a}[, create| - make it|]',
    '{b}[: | - ][same content as|same text as|fill w/ content of|create w/ text of] {a}',
    '[need|want] [all of {a}|what is in {a}|the text of {a}|the content of {a}] [in|inside] '
    '[new file|new|a new file] {b} [too|as well|also]',
    '[whatever|everything|all that] is in {a} [should be in|should also be in|also goes in|has '
    'to be in] {b}[ too| as well|]',
    '[create|make|gen] {b} [from|out of|based on] {a}, [identical content|same content|same '
    'text|no changes]',
    '[src|source|from]: {a}\n[write contents to|put same text in|contents into]: {b}',
    '[dump|put|pour|transfer] [contents of|the whole of|full text of|all lines of] {a} '
    '[into|in] {b}[, keep the original| (keep the first)|]',
    '[let|have] {b} [hold|contain] [exactly|just] what {a} [holds|contains|says]',
    '[my colleague|ops|CI] [needs|wants|expects] the [text|content] of {a} [under|in|as] {b}',
]

MOVE_IT = [
    'mv [it|{a}] [to|->] {b}',
    '[rename|mv] [it|the file|{a}] [->|=>] {b}',
    '[change|switch] its [name|filename|file name] to {b}',
    'give [it|the file|{a}] the [new name|name|filename] {b}',
    '[call|name] [it|the file|{a}] {b} [instead|from now on]',
    '[new name|rename it]: {b}',
    '[relabel|rename|move] [it|the file|that file|{a}] [as|to] {b}',
]

VALUE = [
    '{k} [from|out of|in] {a} [->|=>|-->] [new file|new|file] {b}',
    '[grab|pull|extract|fetch|dig out] {k} [from|out of] {a}, [dump it into|write it to|save it '
    'as|put it in] {b}',
    '{a}[: |, ][get|take|read|extract] {k}, [write value to|save value to|value goes into|put '
    'its value in] [new file|] {b}',
    '[need|want] [new file|a file|file] {b} [w/|with|holding] [just|only|] the {k} [from|in|out '
    'of] {a}',
    '[new file|create] {b}[: | - |, content = ][value of|the value of] {k} in {a}',
    '[value|val] of {k} ([see|in|from] {a}) [->|goes into|into] [new file|] {b}',
    '[src|source|from]: {a}\n[key|setting]: {k}\n[write value to|value into|save value as]: {b}',
    '[look up|check|read] [the|] {k} in {a}[ ->| and|, then] [save|store|dump] [it|just the '
    'value|only the value] [as|in|to] {b}',
    '[CI|deploy script|ops|my colleague] [needs|wants|expects] the {k} in its own file: '
    '[read|take] it from {a}, [write|save] to {b}',
    '[create|make|write|gen] {b} [holding|containing|w/|with] [only|just] the {k} [set in|given '
    'in|from|found in] {a}',
    '{b} should [hold|contain|get] [only|just|nothing but] the {k} [of|from|in] {a}[, create '
    'it|]',
    '[copy|export|transfer] [just|only] the value of {k} [from|in] {a} [to|into|->] [new file|] '
    '{b}',
]

GREETINGS = [
    '[yo|hey|hi|sup][ mate| dude| bot| all| folks| buddy][!|]',
    '[sup|wassup|whats up|what is new|whats new][ today| mate|]?',
    '[mornin|gm|good mornin][ all| everyone| mate| team| bot|][!|]',
    '[evening|evenin|ga|afternoon][ all| everyone| mate| team|][!|]',
    '[hey|hi|hello][, | - ][u there|you up|you around|still there|still alive|online]?',
    '[u there|you up|you around|you alive|still there|anyone home|anybody home]?',
    '[back|back again|i am back|im back|back from lunch|back at my desk][!|, hi|, hello|]',
    '[hi|hello|hey], [first time here|new here|new user here|just installed this|just got here]',
    '[hello|hi][ world| computer| machine| robot| terminal][!|]',
    '[hows it going|hows things|how goes it|how you doing|hows life|hows your day][, mate| '
    'today|]?',
    '[testing|test, test|testing testing|testing 1 2 3|mic check][, hello|, hi|, anyone '
    'there?|, u there?]',
    "[ahoy|aloha|cheers|salut|servus|moin|ciao|hola|g'day][ mate| all| bot|][!|]",
    '[hi hi|hey hey|helloo|heyy|hiii|yo yo][!|]',
    '[ok|right|alright|so], [hi|hello|hey][ there| again| bot|][!|]',
    '[happy monday|happy friday|happy new year|happy tuesday|nice day today][!|, bot|, mate|]',
    '[hope|trust] [you are well|all is well|your day is good|you are doing fine][!|]',
    '[knock knock|hello, is this thing on|is this thing on|are we live|hello, do you hear '
    'me][?|]',
]

ABOUTS = [
    '[capabilities|features|your features|your skills|your abilities][?| -> list|, pls| - list '
    'them]',
    '[what|which] [features|tools|commands|jobs|kinds of tasks] do you '
    '[support|have|handle|offer|know]?',
    'what [are you for|is your use case|is your scope|do you do here|is your role|is your deal]?',
    'what [are you|r u], [exactly|anyway|actually|in one line|in short]?',
    'who [r u|are you really|am i dealing with|is on the other end|is typing]?',
    '[which|what] [llm|ai|engine|backend|bot|agent] [is this|are you|is behind this|is powering '
    'this|am i on]?',
    '[model|llm|assistant] [name|name and size|id|version][?|, pls|]',
    '[your|ur] [name|model name|size|param count|vendor|author|version][?|, pls|]',
    'how many [params|parameters|weights] do you have?',
    'how [small|large|smart|capable|good|powerful] are you[, really|]?',
    '[are you|r u] [a bot|an llm|an agent|human|running locally|a cloud model|self-hosted|open '
    'source|offline]?',
    '[are you|r u] [chatgpt|gpt-4|gemini|copilot|llama|mistral|some claude model|a big model|a '
    'toy model]?',
    '[first time|new here|just installed this], what can [you|u] do?',
    '[new here|first session|never used you], [how do i use you|what do you offer|what are you '
    'able to do|give me the short intro]',
    '[quick|short|brief|30 sec|one-line] [intro|self-intro|introduction|bio] [of '
    'yourself|pls|about you]',
    'tl;dr [on you|of you|about yourself|of what you can do|of your abilities]',
    '[man page|readme|usage|cheat sheet|docs] for [you|yourself|this assistant|this bot][?|, '
    'short| - what can you do?]',
    '[usage|help|how to use you|what can i ask|what can i ask you][?|, pls|]',
    'what [should|can|may] i [ask|ask you|use you for|give you to do|expect from you]?',
    "what [can you not do|can't you do|are you unable to do|are you bad at][, then|]?",
    '[limits|limitations|known limits|weak spots|what are your limits][?|, in short?| - of you, '
    'i mean]',
    'who [maintains|developed|trained|ships|designed|is behind] [you|this bot|this assistant]?',
    'where [do you come from|are you from|do you run|were you trained|are you hosted]?',
    '[my boss|a colleague|my team|QA] [asks|wants to know] [who you are|what you are|what you '
    'can do|which model you are]',
    '[state|declare|report] your [name|purpose|name and purpose|function|abilities|scope]',
    '[can you|do you] [do anything useful|work with files|know how to handle files|have any '
    'skills|help with small jobs|help devs]?',
    'why [do you exist|should i use you|are you here|are you called that]?',
    '[tell me|say] [in one line|briefly|quickly] [who you are|what you do|what you can do|what '
    'you are good for]',
    'what [sort|kind|type] of [bot|model|assistant|ai|tool|thing] [are you|is this|am i using]?',
]

BEYONDS = [
    '[impl|implement|code up|hack together|whip up] [an lru cache|a rate limiter|a b-tree|a '
    'bloom filter|a thread pool|an event loop|a json parser|a tokenizer|a websocket server|a '
    'ray tracer|an oauth flow|a raft cluster][ in Rust| in Go| w/ {c}| for {a}|]',
    '[need|want|gimme] [a|some] [rest api|graphql schema|cli tool|react component|login '
    'page|chrome extension|discord bot|scraper|crud app|dashboard] for [{a}|{c}|our {a} '
    'team|{a} {c}][, prod ready|, w/ tests|]',
    '[regex|sql query|jq filter|awk one-liner|cron expression|css grid layout] [for|that '
    'matches|to handle] [{a} addresses|all {a} rows|every {n} min|{a} w/o {c}]: [how|what would '
    'it be|write one|come up w/ one]?',
    '[port|migrate|convert] [{b}|the {a} service|our whole backend|the {a} module] [from {c} '
    'to|to] [Rust|Kotlin|TypeScript|Elixir|async|k8s|microservices]',
    '{b} [segfaults|leaks memory|deadlocks|is slow|throws npe|times out] [randomly|in '
    'prod|under load|after {n} requests][, why| - root cause|, how come]?',
    '[root cause|root-cause] [the|our] [{a} outage|{a} crash|memory leak|flaky {a} '
    'tests|latency spikes|{c} regression]',
    '[find out|figure out|diagnose|investigate] why [{b} hangs|the {a} tests fail|prod is '
    'down|{a} is slow|latency went up by {n} ms|{b} eats {n} MB]',
    'make [{b}|the {a} service|our api|the {a} query] [{n} times faster|scale to {n} users|use '
    'less memory|lock-free|async|fault tolerant]',
    '[refactor|untangle|decouple|modularise|dry up] [{b}|the {a} layer|all of {b}|the {a}/{c} '
    'mess|our god class]',
    '[design|architect|sketch|propose] [a|the] [db schema|microservice setup|caching '
    'layer|event pipeline|auth system|api] for [{a}|{c}|our {a} app|{n} users]',
    '[add|bolt on|build in] [dark mode|oauth login|full i18n|pagination|retry '
    'logic|multi-tenancy|websockets|payment support] to [{b}|our app|the {a} ui|the {a} service]',
    '[write|add|generate] [proper|full|some|e2e] [unit tests|integration tests|fuzz tests|api '
    'docs|docstrings] for [{b}|the {a} module|the {a} api|all of {b}]',
    '[code review|review][: | - ][is {b} thread-safe|any bugs in {b}|is the {a} design ok|would '
    'you merge the {a} branch]?',
    '[security audit|threat model|pen test|perf audit] [of|for] [{b}|our {a} service|the {c} '
    'api|the {a} login], pls',
    '[train|fine-tune|deploy|quantise] [a {a} classifier|an llm on {c}|an image model for {a}|a '
    'recommender for {c}]',
    '[solve|do] [leetcode|advent of code|project euler] [no. {n}|problem {n}|puzzle {n}] [for '
    'me|in Go|in Python|optimally]',
    '[tcp vs udp|rest vs graphql|mutex vs semaphore|vim vs emacs|tabs vs spaces|sql vs nosql|go '
    'vs rust|monolith vs microservices] [for {a}|for {c}|in general|for a team of {n}][: which '
    'one| - your take| - which is better|]?',
    '[diff|difference] between [{a} and {c}|a process and a thread|ipv4 and ipv6|git merge and '
    'rebase|jwt and cookies|a {a} and a {c}]?',
    '[big-o|time complexity|worst case] of [quicksort|heap insert|dijkstra|matrix mult|hash '
    'lookup|mergesort on {n} items]?',
    '[explain|eli5|teach me|tl;dr of] [monads|raft|paxos|oauth2|tls handshakes|the borrow '
    'checker|gradient descent|the cap theorem|{a} theory|quantum computing]',
    '[how|why] does [a b-tree|tcp slow start|garbage collection|public key crypto|dns|a jet '
    'engine|inflation|photosynthesis|the {a} protocol] work[, roughly|, in detail|]?',
    '[best|good|fastest|idiomatic] way to [learn {c}|scale a {a}|structure a {a} team|do {a} in '
    '{c}|cook {a}|get from {a} to {c}]?',
    '[capital|population|currency|president|gdp|time zone|area code] of '
    '[{c}|{a}|Peru|Norway|Japan|Kenya|Canada]?',
    'who [invented|first built|came up w/|is behind] [{a}|the {a}|{c}|unix|the transistor|the '
    '{a} engine|penicillin]?',
    'when [did|was] [{a} invented|the {a} war end|{c} founded|unix born|the {a} empire '
    'fall|Rome fall]?',
    '{n} [*|x|times|mod|to the power of] {m} [= ?|=?|is what?]',
    '[convert|whats] {n} [miles in km|usd in eur|fahrenheit in celsius|pounds in kg|hours in '
    'weeks]?',
    '[sqrt|factorial|prime factors|log2|cube root] of {n}?',
    '[translate:|how do you say|how to say] [{a}|{a} {c}|good luck|see you at {n}] in '
    '[German|Spanish|Polish|Korean|Swahili|Dutch|Latin]',
    '[meaning|etymology|synonym|opposite] of [the word|] {a}?',
    '[your take|thoughts|opinion|hot take] on [{a}|{c}|agile|tabs vs spaces|remote work|the {a} '
    'rewrite|type systems|crypto]?',
    '[is {a} worth learning|should i learn {c}|is {c} dead|is {a} overrated|would you use {c} '
    'for {a}][ in this day and age| these days|]?',
    '[should i|would you|is it smart to] [quit my job|ask for a raise|take the {a} offer|move '
    'to {c}|buy a {a}|get a {a}]?',
    '[name ideas|a good name|a catchy name|a slogan|a tagline|a pun] for [our {a} startup|my '
    '{a}|a {c} podcast|the {a} team]?',
    '[draft|compose|phrase|word] [a|the] [resignation letter|cover letter|apology to {c}|tweet '
    'about {a}|blog post on {c}|birthday speech|linkedin post on {a}]',
    '[limerick|haiku|rap|short story|joke|poem|pun] [about|on] [{a}|{c}|{a} and {c}|devs who '
    '{a}|my {a}][, pls|, make it funny|]',
    '[ping|dm|email|call|text|msg] [my boss|{c}|the {a} team|hr|my landlord|on-call][: | - '
    '][running late|standup at {n}|sick today|{a} is done|need {n} more days]',
    '[book|reserve|order] [a room for {n}|a flight to {c}|pizza for {n}|a {a} online|{n} '
    'tickets for {c}|a cab to {c}|lunch for the team][, asap|]',
    '[weather|temp|forecast|traffic|air quality] in [{c}|{a}|Berlin|Tokyo|Lima|Oslo][ today| '
    'tomorrow| on monday|]?',
    '[price of|stock price of|exchange rate of|latest news on|score of] '
    '[{a}|{c}|bitcoin|gold|the {a} game|the {c} match][ today| rn|]?',
    '[remind me|wake me|nudge me|alert me] [in {n} min|at {n}|tomorrow at 9|before the {a} '
    'call][, {a} is due| to call {c}| about {a}|]',
    '[schedule|set up|cancel|reschedule] [the|a|my] [standup|{a} meeting|1:1 w/ '
    '{c}|retro|dentist appointment|{a} call]',
    '[play|queue|put on] [some|a bit of] [{a} music|lofi|jazz|techno|{c}|metal]',
    '[google|search the web for|check the web for|check stack overflow for] [{a}|{c}|{a} '
    '{c}|best {a} of the year|cheap {a}]',
    '[file|raise|close|triage] [a jira ticket for {a}|ticket no. {n}|the {a} issue on github|a '
    'bug w/ the {a} vendor]',
    '[roll out|ship|push] [{b}|the {a} release|the {a} app|the {a} service] to [prod|all '
    'users|the app store|aws|{n} servers]',
    '[turn off|dim|switch on] the [lights|heating|{a} lamp|tv|office ac][ at {n}| in the {a} '
    'room|]',
    '[plan|organise] [my {a} trip|a weekend in {c}|the {a} offsite|the sprint|my vacation|a '
    'party for {n}]',
    '[draw|sketch|paint|generate] [a logo for {a}|an image of a {a}|a {c} diagram|an uml chart '
    'of {b}|a cat w/ a {a}]',
]
