"""Forms in the voice of casual young people and of people whose English is a second language."""

CREATE = [
    '[stick|drop|chuck|pop] {t} [in|into] a [new|fresh|brand new] file [called|named|] {p}[ for '
    'me| real quick| when you get a sec|]',
    '[Q|q]uick one: [make|create|start] {p} with [just|only] {t} [in it|inside]',
    "[I wanna|I gotta|I'd like to|I need to] jot down {t} in a [new|fresh] file, [call it|name "
    "it|let's call it] {p}",
    "[let's|lets] [make|start|create] a [new|little|fresh] file {p} [that just says|that "
    'goes|with nothing but] {t}',
    'jot down {t} [for me|] in a new [file|note|text file] [called|named] {p}',
    '[could you|can u|can you] [spin up|whip up|make me] a file {p} [with|that says|saying] {t}',
    '[would you mind|do you mind|you mind] making a [new|] file {p} [with|that says] {t}',
    '[B|b]efore I forget[:|,| -] {t}\n[stick|put|drop] that in a [new|] file [called|named] {p}',
    '{t} <- [stick|put|save|drop] [this|that] [in|into] a new file[, name it| called| named] {p}',
    "[T|t]here's no {p} yet, [so|can you] [make|create] it [with|and put in] {t}",
    "I don't have [a|any] {p} yet[.|,|!] [make|create] one [with|that says|saying] {t}",
    '[S|s]o I need this [file|little file|thing], {p}, [and it just says|it should only say|and '
    'inside should be] {t}',
    '[H|h]ey can [you|u] [make|create|do] me a {p} [with the text|that says|and inside write] '
    '{t}',
    '[gimme|give me|get me] a [new|fresh|] [file|text file] {p} [that says|with|saying] {t}',
    '[make|create|start] {p}[ real quick| for me| pls|][:| -] {t}',
    "[I'm gonna|we're gonna|I will] need a {p} [tomorrow|later|in a sec|for class] [with|that "
    'says] {t}[ in it|], [make|create] it',
    '[new|fresh|brand new] file [time|pls|please]! name: {p}\n[text|content|inside|it says]: {t}',
    'file [name|is called] {p}[,|;] [text|content] {t}[\nmake it pls|\ncreate it please|\n'
    "that's it!|]",
    '{p} - [new file|make this file|create this one], [it says|text is|with text|content] {t}',
    'a [new|] file I want, [called|with name] {p}, and in it [should stand|should be] {t}',
    '[please help|help pls|help me out], I [want|must|have to] [make|create] file {p} [with '
    'inside|where is written|with text] {t}',
    '[save|keep|stash] [this|the following] [for me|] as {p}[:| -] {t}',
    '[put together|knock out|throw together] a [tiny|small|quick|short] file {p} [that '
    'says|with|saying] {t}',
    '[my friend|my teacher|my colleague|my boss] wants a file {p} [that says|with|saying] {t}[\n'
    'can you make it|]',
    "[the|a] file {p} doesn't exist yet[, I think|]. [make it and|create it and] "
    '[put|stick|write|drop] {t} [in there|inside]',
    '[open up|start] a [blank|new|empty] file {p} and [type|write|drop|jot down] {t} [in '
    'there|in it|]',
    "[I'd love|it'd be nice to have] a [little|new|small] file {p} [saying|that says|with] {t}",
    'how about [we|you] [make|create|start] {p} and [stick|put|write] {t} in [it|there]',
    '[make|create] me {p}[, will you?|, would ya?|.|, ok?] [just|only] [this|one line] [goes '
    'in|in it]: {t}',
    '[need|want|gotta have] [new|a] file {p} [that says|with|saying] {t}',
    '[type up|write up|write out] {t} [and|then] save [it|that] [as|under the name] {p}',
    '[N|n]o rush, but [make|create|could you make|can you create] a file {p} [with|that '
    'says|saying] {t}',
    "[T|t]his one's easy[:|!] [a file|new file] {p} [that says|with|saying] {t}",
    '{t} is [what|all] I want [in a new file|in the new file], [call it|name it] {p}',
    "{t} (that's the text, [make|create] [a|the] file {p} [with|for] it)",
    "[put|write|save] {t} [somewhere|down] for me, [say|let's say] in a new file [called|named] "
    '{p}',
    '[Y|y]o[,|!] [make|create] [a|the] file {p}[, should|, it should] [just|only] say {t}',
    "[L|l]et's have {t} in a [new|fresh] file[ and|,] [call|name] it {p}",
    'can we [get|have] a file [named|called] {p} [that says|with|saying] {t}',
    '[F|f]or [the project|my notes|the group chat|homework]: [make|create] {p}, '
    '[contents|text|inside]: {t}',
    "[I|We] [don't need much|need only one line] in {p}, just {t}\n[make it please|can you "
    'create it|create the file pls]',
    '[you know what|ok so|alright], [make|create|start] a file for {t} [named|called] {p}',
]

CREATE_LONG = [
    '[stick|drop|chuck|pop] [this|all this|this stuff|the stuff below] [in|into] a [new|fresh] '
    'file [called|named|] {p}[ for me|]:\n[|\n]{b}',
    "[Q|q]uick one, [make|create|start] {p} [with this stuff|with what's below|with the stuff "
    'here|with exactly this]:\n[|\n]{b}',
    "[I wanna|I'd like to|I gotta] [have|make] a file {p} [that looks like this|with this "
    'inside|with these lines in it]:\n[|\n]{b}',
    "can [you|u] [make|create|save] {p} for me? [here's what goes in|here's the content|this "
    "goes in it|it's this]:\n[|\n]{b}",
    "[let's|lets] [start|make|create] {p}[, here's the text|, with this text|, it goes like "
    'this]:\n[|\n]{b}',
    "[I've|I have] got [some text|something|some lines][ here|], [save it as|put it in a new "
    'file called|it should become the file] {p}:\n[|\n]{b}',
    "[copy|paste|dump] [this|what's below|the lines below] [exactly|as it is|] into a new file "
    "{p}[, no changes|, don't change anything|]:\n[|\n]{b}",
    "[I don't have|there's no] {p} yet, [make|create] it [pls|please|] [with this|like this]:\n"
    '[|\n]{b}',
    '[my friend|my teacher|my colleague] sent me [this|these lines], [can you save it|stick it '
    'in a file|save it for me] as {p}:\n[|\n]{b}',
    '{p} <- [make|create] this file[,| pls,] [content|text] [is|comes] [below|here|now]:\n[|\n'
    ']{b}',
    '[gimme|give me|make me|whip up] a {p} [like so|like this|with this in it]:\n[|\n]{b}',
    "[N|n]ew file {p}! [in it goes|it's got to say|inside is|text]:\n[|\n]{b}",
    "would you mind [making|creating] {p}? [it's just this|this is all of it|here's everything "
    'for it]:\n[|\n]{b}',
    '[ok|alright|so], file {p} [I need|is needed], [inside must be this|with this text '
    'inside|it must look like so]:\n[|\n]{b}',
]

APPEND = [
    '[tack|stick|chuck|slap] {t} [on|onto] the end of {p}[ for me| real quick| pls|]',
    'tack on {t} [at the end of|at the bottom of|to] {p}[ for me|]',
    '[I forgot|oops, I forgot] [a line|something|one thing] in {p}[.|,|:] [tack on|add] {t} [at '
    'the end|at the bottom]',
    '[Q|q]uick one: {p} [needs|should get] {t} [at the bottom|at the very end|as one more line]',
    '[could you|can you|can u] [tack|add|pop] {t} on at the [bottom|end] of {p}[ pls| for me|]',
    "[I wanna|I'd like to|I gotta|let's] [add|have] {t} [at the bottom of|at the very end "
    'of|under the last line of] {p}',
    '[scroll|go|jump] [down|] to the [end|bottom] of {p} and [drop|stick|write|jot down] {t} '
    'there',
    '[jot down|note down|scribble] {t} [at the bottom of|at the end of] {p}[, keep the rest| '
    'and leave the rest alone|]',
    '{t} - [tack|stick|add|pop] that [on|onto] the end of {p}',
    '{p} += {t} (as [a|the] [new|] last line)',
    '{p} is missing {t} at the [end|bottom], [add it|can you add it|tack it on]',
    "don't [change|touch] what's [already|] in {p}, just [add|tack on|stick] {t} at the "
    '[end|bottom]',
    '[keep|leave] {p} [as it is|like it is] but [with|add] {t} [as last line|as one more line '
    'at the end]',
    '[one more|another] thing for [my|the|our] [list|notes|file] {p}: [add|tack on] {t} at the '
    '[end|bottom]',
    '[B|b]efore I forget[:|,] {t} [has to go|needs to go|gotta go] at the [end|bottom] of {p}',
    '[would you mind|do you mind|mind] [adding|sticking|tacking] {t} [on|] at the [end|bottom] '
    'of {p}',
    "[I've|I have] one more line for {p}[, it's|:] {t}",
    'at the end of {p} [please to|I want you to|you can] [add|write|put] {t}',
    '[please|pls] in {p} add one line more, {t}[, at the end|]',
    'under all the [other stuff|other lines|rest] in {p}, [stick|drop|write] {t}',
    "[let's|lets] [finish|end|close] {p} with one more line that [says|goes] {t}",
    'the [new|] last line of {p} [is gonna be|should become|has to be] {t}, [add it|tack it on]',
    '[extend|grow] {p} by one line[:| -] {t}',
    '[N|n]o rush, but {t} [should be added|needs adding|could be tacked on] [to|at the end of] '
    '{p}',
    '[my friend|my boss|my teacher|my colleague] [wants|says we need] {t} [at the end of|at the '
    'bottom of] {p} too',
    "{p} isn't [finished|done|complete] yet, it [still needs|also needs] {t} [at the end|at the "
    'bottom|as last line]',
    '[put|pop|squeeze] {t} in {p}, [right|] [after everything else|below the last line|at the '
    'very bottom]',
    '[append|add] to {p}[ for me| pls|]: {t}',
    'also {t} [should go|goes|belongs] [on the end of|at the very end of] {p}, [I forgot '
    'it|forgot that one|add it]',
    'how about [we|you] [add|tack on] {t} at the [end|bottom] of {p}',
    '[hey|yo] can {p} get [one more|an extra|another] line [at the end|at the bottom], {t}',
    '{p}, [last line|at the bottom|at the end]: [add|tack on|append] {t}',
]

READ = [
    '[take|have] a [peek|quick look|look] [at|into|inside] {p} [and|then] [tell me|spit '
    "out|show me] what's [in there|in it]",
    "[what's|whats] {p} [say|got in it|say again]?",
    "[peek|look] [inside|into] {p} for me[, what's in there?|, what does it say?|, what's it "
    'say?]',
    "[I can never remember|I don't remember|I forgot] what's in {p}[, show me|, can you show "
    'me?|, can you spit it out?]',
    "[spit out|dump|print out] [everything in|all of|the whole|what's in] {p}",
    "[Q|q]uick one: what's [written|] in {p}?",
    "[I wanna|lemme|I'd love to|let's] [see|peek at|have a look at|check out] {p}",
    'can [you|u] [pull up|open up|bring up|show me] {p}[ real quick| for me|]?',
    '[could you|can you|would you] [show|tell] me what {p} [says|has inside|has in it]?',
    '[got|do we have|is there] [anything|something|stuff] in {p}? [show me|let me see it|spit '
    'it out]',
    '[what|what stuff] did I [write|put|jot down|stick] in {p}?',
    "{p}[,|:] [what's in it|what's in there|what's it say|what does it say]?",
    '{p} - [show me|can you show it|let me see it|open it and show me]',
    '[mind|would you mind|do you mind] [showing me|opening|reading me|reading out] {p}?',
    "I [don't know|have no idea] what's in {p}, [tell me|can you look?|can you check?|show me]",
    '[read|show] me [the whole thing|everything|all of it], I mean {p}',
    "[my friend|my boss|my teacher|my colleague] sent [me|us] {p}[, what's in it?|, what does "
    "it say?|. Show me what's inside]",
    "[what's|what is] the [stuff|text|content] in {p}[ again|]?",
    '[please|pls] to show me [the text from|what is inside|what is standing in] {p}',
    'what is inside of {p}[, please?|? I want to see it|, can you tell?]',
    '[give me|gimme] the [full|whole|complete] [text|content|thing] of {p}',
    "[before I send it|before I change it|before class], [what does {p} say|what's in {p}]?",
    "[check out|crack open|pop open] {p} and [spit out|show me|read me] [the text|what's "
    'there|the whole thing]',
    '[can I|could I|may I] [see|have a look at|peek at] {p}?',
    "[I'm curious|just curious|just wondering][,|:] what's [inside|in] {p}?",
    "[hey|yo|so] what's [in|inside] {p}[, show me|, show me the text|]?",
    "[I need|we need] [the text|all the text|everything] [that's|] in {p}, [show it here|print "
    'it here|can you show it]',
    "[let's|lets] [see|look at] what [we've got|we have|I've got] in {p}",
    'does {p} say [anything|something]? [show me|print it|let me see]',
    "[haven't seen|I haven't opened|I didn't read] {p} yet, [what's in it?|show it to me|what "
    'does it say?]',
    "[print|spit] {p} [out|out here|out for me][, no rush|, that's it|]",
]

BACK = [
    '[spit|print|read] [it|the file|{p}] [back out|out|out for me]',
    '[lemme|let me] [see|peek at|look at] [it|the file|{p}|the result]',
    "[take|have] a [peek|look] [at|inside] [it|the file|{p}] and [tell me|show me] what's "
    '[there|in it|in there]',
    "[show me|let's see|I wanna see|tell me] what's [in there|in it|in the file|in {p}] [now|]",
    '[can you|could you|can u] show me [it|the file|{p}|what it says now]',
    '[open it up|pop it open|open the file] and show me',
    '[double check|check] [it|the file|{p}] by [printing|showing|reading] it [to me|out|here]',
    "[I wanna|I'd like to|let me] [see|read] [how it looks|what it looks like|the whole thing] "
    '[now|]',
    '[give me|gimme] the [whole file|whole thing|full text] [back|]',
    '[dump|throw] [it|the file|the whole thing] [here|on the screen]',
    "[let's|lets] [have a look at|look at|peek at|see] [it|the file|{p}]",
    "[read|show] me [what's in it|what it says|the whole file|all of it][, just to be sure|, "
    'just checking|]',
    '[please|pls] show [the file to me|to me what is inside|it to me]',
    'what does [it|the file|{p}] say[ now|]?',
    "[prove it, show me|show me so I can check,] [the file|what's in it|{p}]",
    '[pull|bring] [it|the file|{p}] up [for me|on screen|here] [so I can see|so I can read it|]',
]

REPLACE = [
    '[flip|bump|change up] {o} to {n} in {p}[ for me| real quick| pls|]',
    '[ditch|drop|nuke|kick out|chuck out] {o} in {p} and [put|stick|drop] {n} [there instead|in '
    'its place|in instead]',
    "[I|I think I] [wrote|put|typed] {o} in {p} but [I meant|I wanted|it's supposed to be] "
    '{n}[, fix it| - can you fix that|, can u change it]',
    "[oops|whoops|ah sorry|my bad], {o} in {p} [is a mistake|is wrong|was a typo], [it's|should "
    'be|I meant] {n}',
    "it's {n} now, not {o}[, so|. Can you|, please] [fix|update|change] [that|it] in {p}",
    '[Q|q]uick one: {o} -> {n} in {p}',
    '{p}: {o} -> {n}[ please| pls|]',
    "{p} [says|has] {o}, but it's [gotta|got to|supposed to] [be|say] {n}[, fix it|]",
    "[let's|lets] [call it|say|write] {n} [and not|instead of|rather than] {o} in {p}",
    "[I wanna|I'd like to|I gotta|we should|let's] [change|switch|turn|flip] {o} [in|inside] "
    '{p} [to|into] {n}',
    "[I don't like|I'm not happy with|I hate] {o} in {p}[,|.] [make it|change it to|turn it "
    "into|let's go with] {n}",
    '[can you|could you|can u] [swap out|switch out|trade] {o} [for|with] {n} in {p}',
    '[find|look for|spot] {o} in {p} and [make it|turn it into|change that to] {n}',
    '[would you mind|do you mind|mind] [changing|switching|flipping|turning] {o} [to|into] {n} '
    'in {p}',
    'in {p} it [says|still says] {o}[, can you|, please|. Could you] [make it|change that '
    'to|turn it into] {n}',
    '{o}? [no|nope|nah], [should be|make it|I want] {n}[, in| - change it in| - fix it in] {p}',
    '{o} [has|needs] to go from {p}, [we want|we need|put|use] {n} [there|instead]',
    '{n} [is what should be|should be|needs to be] [where|in the place where] {p} has {o} now',
    '[go|hop|jump] into {p}, [ditch|drop|kick out] {o} and [type|write|put|stick in] {n} instead',
    '[N|n]o rush, but in {p} {o} [should become|should turn into|has to become] {n}',
    '[my friend|my teacher|my boss|my colleague] [says|told me] {o} in {p} [has to be|should '
    'be|must be] {n}',
    "[no more|enough with|bye] {o} in {p}[,|!] from now on it's {n}[, change it|]",
    'put {n} [in|into] {p} [where|everywhere] it [says|said] {o}',
    '[please|pls] in {p} the {o} [you change|to change|make] [to|into] {n}',
    '[everywhere|wherever] you see {o} in {p}[,|] [write|put|type|stick] {n} [instead|]',
    "instead of {o} [I want|we want|I'd like|I'd rather have] {n} in {p}",
    '{p} [has got|got] {o} in it[.|,| -] [flip|change|switch] [that|it] to {n}',
    '[open|open up] {p}, [hunt down|find|look for] {o}, [make it|turn it into|swap it to] {n}[\n'
    "that's it!|]",
    '[just|only] one [change|edit|little thing] in {p}: {o} [becomes|is now|turns into|goes to] '
    '{n}',
    '[how about|what if] [we|you] [change|switch|flip] {o} to {n} in {p}',
    '[I need|need|want] {o} [gone from|out of] {p} and {n} [put|] [in its place|there instead]',
    '{o} [=>|-->|becomes] {n}, [file|in file|the file is] {p}',
    '[the|that] {o} [part|bit|thing] in {p} [should say|should be|needs to say] {n} instead',
    '[update|touch up|tweak] {p} [real quick|for me|a bit]: {n} [instead of|in place of] {o}',
    'overwrite {o} [with|by] {n} [inside|in] {p}[, leave the rest|, keep everything else|]',
    "[the|that] word {o} [isn't right anymore|is old|is not good anymore] in {p}, "
    '[make|use|take] {n}',
    '[hey|yo] can {o} in {p} [become|turn into|be changed to] {n}',
]

KEY = [
    "[I can never remember|I forgot|I don't remember] the {k} [in|from] {p}[, what is it?|, "
    "what's it again?|, can you tell me?]",
    '[peek|look] [into|inside] {p} [and|then] [spit out|give me|tell me] the {k}',
    "[what's|whats] the {k} [again|] in {p}?",
    '[Q|q]uick one: what {k} [do we have|did we set|have I put|is there] in {p}?',
    '[Q|q]uick one[,|:] the {k} in {p}?',
    '[what|which] {k} did [I|we|they] [put|set|pick|write|stick] in {p}?',
    '[fish|dig|pull] the {k} out of {p} [for me|pls|]',
    '[would you mind|do you mind|mind] [checking|looking up|telling me] the {k} in {p}?',
    '[can you|could you|can u] [check|see|look up|peek] what the {k} [in {p} is|is in {p}]?',
    '[hey|yo|so][,|] what {k} are we [using|at|on] in {p}?',
    "[I just need|all I need is|I only want] the {k} [from|in] {p}[, nothing else|, that's it|]",
    "[I need|we need|need] the {k} that's [in|inside|written in] {p}",
    "{p}, {k}[?| - what is it?|, what's it set to?|, can you check?]",
    "{p} [should have|must have|has got] the {k} [in it|somewhere][, what's it?|, tell me what "
    'it is|. What is it?]',
    '[my friend|my boss|my teacher|my colleague] is asking [for|about] the {k} in {p}[, what is '
    'it?|, tell me|]',
    'what does {p} [say|tell] [about|for] the {k}?',
    'what did we [decide|choose|write] for {k} in {p}?',
    "[I wanna|I'd like to|I gotta] know the {k} [in|from] {p}[, can you look?|, no rush|]",
    'the {k} [in|from] {p} [is what|is how much], [do you know|can you tell me|please tell]?',
    '[please|pls] tell [to me|me] what is {k} in {p}',
    'what is [written|standing|put] for {k} in {p}?',
    "[open up|crack open|pop open] {p}, [what's|tell me|I need] the {k}[?|]",
    "[what's|what is] {k} set to in {p}?",
    "[where we're|we're] using {p}, right? so what's the {k} [in there|in it]?",
    "[grab|fetch|get] [me|] the {k} [that's in|out of|from] {p}",
    "is there [some|any] {k} in {p}[ and what's it?|, and if so, what is it?|? tell me what it "
    'is]',
    "[remind me|tell me again][,|:] what's the {k} in {p}?",
    "[let's|lets] [see|check] what {k} [{p} has|we have in {p}|is in {p}]",
    '[lemme|let me] know the {k} [in|from] {p}',
    "[I'm not sure|not sure|no idea] what the {k} in {p} is[, check pls|, can you check?|. Look "
    'it up for me]',
    'according to {p} the {k} is...[?| what?| tell me]',
    '[just|only] the {k}, [from|out of] {p}[ please| pls|]',
]

LINE = [
    "[what's|whats] [on|in] the [very|] {w} line of {p}?",
    '[peek|look] at {p} and [spit out|give me|read me] [just|only] the {w} line',
    '[I just need|I only want|just gimme|all I need is] the {w} line [of|from] {p}[, not the '
    "rest|, that's it|]",
    '[can you|could you|can u] [grab|pull|show me] the {w} line [from|of] {p}?',
    '[Q|q]uick one: {w} line [of|in] {p}?',
    "[I can't remember|I forgot] how the {w} line of {p} goes[, show me|, tell me|]",
    '{p}, [just|only] the {w} line [pls|please|]',
    "[don't show me|I don't need] all of {p}, [just|only] the {w} line",
    '[please|pls] the {w} line from {p} [tell me|to read|show me]',
    '[lemme|let me|I wanna] [see|read|peek at] the {w} line [in|of] {p}',
    '[which|what] line [comes|is] {w} in {p}?',
    '[would you mind|mind] [reading|showing] me the {w} line of {p}?',
    "{w} line of {p}[, what's it say?|, what does it say?|, show me]",
    'what did I [write|put|jot down] [on|in] the {w} line of {p}?',
]

COUNT = [
    '[how long is {p}, in lines|how long is {p}, I mean in lines|how many lines long is {p}]?',
    '[can you|could you|can u] count the lines [in|of] {p}[ for me|]?',
    '[Q|q]uick one: how many lines [in|does it make in|we have in] {p}?',
    '{p}[,|:] how many lines [is that|is it|are there]?',
    "[I wanna|I'd like to|I gotta] know how many lines {p} [has|has got|is]",
    '[peek|look] [inside|into] {p} and [count the lines|tell me how many lines there are]',
    '[give me|gimme|spit out] the line count [of|for] {p}',
    '[my teacher|my boss|my friend] asks how many lines [are in {p}|{p} has]',
    "what's the line count [of|for|in] {p}?",
    '[how many|what number of] lines did I [write|put] in {p}?',
    '[would you mind|mind] counting [the lines in|how many lines are in] {p}?',
    "[I lost count|I can't count that], how many lines [does {p} have|has {p} got|are in {p}][ "
    'now|]?',
    'number of lines [in|of] {p}[?|, please| pls|, what is it?]',
    '{p} has how many lines?',
]

SET = [
    '[bump|flip|nudge|switch] the {k} [in|inside] {p} to {n}[ for me| real quick| pls|]',
    '[bump|flip|switch] {k} to {n} in {p}',
    "[let's|lets] [go with|use|make it|try] {n} [for|as] the {k} in {p}",
    "[I wanna|I'd like to|I gotta|we should] [set|change|switch|bump] the {k} in {p} to {n}",
    '[Q|q]uick one: {k} in {p} [goes to|is now|becomes] {n}[, change it|]',
    '{p}: {k} -> {n}[ please| pls|]',
    "the {k} in {p} [isn't right|is wrong|is off|is old], [make it|set it to|it's gotta be] {n}",
    '[can you|could you|can u] [make|have] the {k} {n} in {p}',
    '[would you mind|do you mind|mind] [setting|changing|bumping|switching] the {k} in {p} to '
    '{n}',
    "[don't care|doesn't matter|no matter] what the {k} in {p} is now, [make it|set it to] {n}",
    '{n} [should be|is gonna be|has to be] the [new|] {k} in {p}',
    'our new {k} is {n}[, so|.] [update|change|fix] [it|that] in {p}',
    '[my boss|my friend|my teacher|my colleague] [wants|says we need] the {k} in {p} [at|to be] '
    '{n}',
    "in {p} [there's the|you'll see the|you find the] {k}[, make it|, set it to|. Put it to] {n}",
    '[please|pls] in {p} the {k} [to set|you set] [on|to] {n}',
    '[hop|go|jump] into {p} and [flip|set|bump|change] the {k} to {n}',
    "[tweak|adjust|touch] only the {k} in {p}[:| -|,] [new value|it's now|should be] {n}",
    "for {k} in {p} [put|use|take|stick in] {n} [instead of what's there|instead of the old "
    'value|from now on]',
    '[how about|what if] [we|you] [set|change|bump] the {k} in {p} to {n}',
    '[N|n]o rush, but the {k} in {p} [needs to be|has to become|should change to] {n}',
    '[I need|we need|need] {k} [set to|changed to|at] {n} in {p}',
    "{k} = {n}, [that's for|please in|in] {p}",
    '[give {p}|let {p} have|{p} gets] a new {k}: {n}',
]

LIST = [
    "what [have we|have I|do we|we've] got [in here|here|in this folder]?",
    '[peek|take a peek|have a peek] [into|inside] this folder and [tell me|list|spit out] '
    "what's there",
    "[I wanna|I'd like to|lemme|let's] [see|check] [what's here|what files we've got|which "
    "files are around|what we've got here]",
    "[I can't remember|I forgot|no idea] [what files I have|what's in this folder|which files "
    'are here][, show me|, list them|]',
    "[Q|q]uick one: [what files are here|which files we have here|what's in this folder]?",
    "[can you|could you|can u] [list|show me|spit out] [what's in here|the stuff in this "
    'folder|all the files]?',
    "[spit out|gimme|throw me|fire off] [a list of what's here|a file list|the file list|the "
    'names of all the files here]',
    "[show me|let me see] [all the stuff in this folder|everything in this folder|what's lying "
    'around here]',
    "[what's|whats] [here|in this folder|around here]?",
    '[hey|yo|so][,|] what files [do we have|are there|have we got|are in here]?',
    '[just|only] [the file names|the names of the files|a list of the files], [please|pls|no '
    "rush|that's it]",
    '[which|what] [files|stuff] [is|are] [lying around|sitting|living] [here|in this folder]?',
    "[would you mind|do you mind|mind] [listing|showing me] [the files|what's here|everything "
    'in this folder]?',
    '[please|pls] show [me|to me] which files [there are|are existing here|are in this place]',
    "[before I start|before we go on|first things first], [what files are here|what's in this "
    'folder|which files have we got]?',
    '[do an ls|do a quick ls|ls please|ls pls|dir]',
    "[where am I? I mean|ok where are we, I mean] [what files are here|what's in the current "
    'folder]?',
    '[file list|list of files|directory listing|folder contents][ please| pls|, quick|]',
    "[I just got here|I'm new here|I just opened this project], [what files are there|what's in "
    'this folder|show me the files]',
    "what [all|] is in the [folder|directory|project folder] [I'm in|we're in|where we are]?",
    '[look around|have a look around] and [tell me|list|show me] [the files|what files you '
    "see|what's here]",
    '[how does|what does] this folder have [inside|in it], [which files|what files]?',
    '[my friend|my teacher|my colleague] wants [a list of|to see|the names of] the files '
    '[here|in this folder]',
    '[is there anything|is there something|are there any files] in this folder? [list it '
    'all|show me|list everything]',
    "[let's|lets] [have a list|get a list|see a list] of [everything here|all files here|the "
    'files we have]',
    "[name|tell] me [every|each] file [in this folder|that's here|you can find here]",
    'files here[?|, please| pls|: which ones?|, what are they?]',
    "[I need|need|we need] [to know what's in this folder|the list of files here|all the file "
    'names]',
    'what [else is|is] in here[, list it|, can you list it|]?',
    '[run me through|take me through|go over] the files [we have here|in this folder|here], '
    'just names',
    '[the files in this folder|the files here], [which are they|what are they called|can you '
    'list them]?',
]

LIST_FOLDER = [
    'what [have we|have I|do we] got [in|inside] [the folder|] {p}?',
    '[peek|take a peek|have a look] [into|inside] the [folder|directory] {p} and [tell '
    "me|list|spit out] [what's there|what's inside]",
    "[I wanna|I'd like to|lemme|let's] [see|check] [what's|what files are] in [the folder|the "
    'directory] {p}',
    "[I can't remember|I forgot|no idea] [what files are|what's] in the [folder|directory] "
    '{p}[, show me|, list it|]',
    "[Q|q]uick one: [what files are in|what's in|which files has] the folder {p}?",
    "[can you|could you|can u] list [what's in|the stuff in|everything in] the {p} "
    '[folder|directory]?',
    '[spit out|gimme|give me] the [file names|file list|list of files] [of|for|from] the '
    '[folder|directory] {p}',
    "[what's|whats] [inside|in] the {p} [folder|directory]?",
    '[files|stuff|everything] in the [folder|directory] {p}[?| please| pls|, list it|, show me]',
    '[would you mind|mind] listing [the folder|the directory] {p}?',
    '[please|pls] show [me|to me] which files are [in|inside of] the folder {p}',
    "the [folder|directory] {p}[:| -|,] what's [in there|in it|inside]?",
    '[do an|do a quick] ls [on|of|in] [the folder|] {p}',
    "[there's a|we have a|I see a] folder {p}, [what's in it?|what files does it have?|list it]",
    "[hop|go] into the folder {p} and [list|show me|name] [the files|everything there|what's "
    'there]',
    "not [this folder|the files here], [list|show me] [what's in|the files in] the folder {p}",
    "{p} is a [folder|directory], [list it|what's inside?|what files are there in it?]",
]

SEARCH = [
    "[I can't remember|I forgot|no idea] [where I put|where I wrote|which file has|what file "
    'has] {w}[, find it|, can you look?|]',
    "[Q|q]uick one: [which file has|where's|what file mentions] {w}?",
    '[hunt down|track down|sniff out|dig up] [the file with|whatever file has|where we have] {w}',
    "[where's|wheres|where is] {w} [hiding|at|written down|living]?",
    '[where|in what file] did [I|we|they] [put|write|jot down|stick|use] {w}?',
    '[can you|could you|can u] [find|figure out|check|see] [which file has|what file has|where '
    'there is] {w}?',
    '{w} is [in one of|somewhere in] [these|the|my] files[, which one?|. Find it|, can you tell '
    'me which?]',
    '{w} - [which file is it in|where is it|what file has it|where can I find it]?',
    "[I wanna|I gotta|I'd like to|I need to] [find|know which file has|see which file mentions] "
    '{w}',
    '[would you mind|mind] [searching|looking through|checking] the files for {w}?',
    '[have we got|do we have|is there|have I got] {w} [in any file|in any of the files|anywhere '
    'in the files]?',
    '[peek|look] [through|into] [all the|the|my] files and [tell me|spit out] [which one '
    'has|where you see] {w}',
    '[go through|comb through|dig through|skim] [all the files|everything here|the whole '
    'folder] [for|and find] {w}',
    '[some|one] file [here|in this folder] [has|says|mentions] {w}, [which one|which is it|but '
    'which]?',
    '[hey|yo|so][,|] [any file|is there a file] [using|mentioning|with] {w}[ here| in this '
    'folder|]?',
    '[my friend|my boss|my teacher|my colleague] asks [where|in which file] {w} [is|is '
    'used|shows up]',
    '[please|pls] to find in which file is {w}',
    'in which of [all these|these|my] files [stands|is standing|can I find|do I find] {w}?',
    '[do a|do a quick|run a] search [for|on] {w} [in all files|over all the files|in this '
    'folder|]',
    "[I lost|I've lost|I'm missing] {w}, it's [somewhere in here|in some file here|in one of "
    'the files][, find it|. Which one?|]',
    '[tell me|show me] [every|each] file that [uses|mentions|has|says] {w}',
    'where does {w} [show up|pop up|come up]?',
    '[any|does any] file [here|in this folder] [mention|have|contain|say] {w}?',
    '[grep|grep around] for {w}[, I need the file|, which file is it?| real quick| pls|]',
    "what's the file [with|that has|that mentions|that uses] {w}?",
    "[I saw|I've seen|I know I wrote] {w} [somewhere|in a file here|in some file], [where was "
    'it|which file was it]?',
    "[let's|lets] [find|see] [which file has|where we use|where we have] {w}",
    '[not sure|dunno] which file [has|uses|mentions] {w}, [can you look|can you find it|search '
    'for it]?',
    "[the file where|a file where] {w} is [in|written], [which is it|what's it called|find it]?",
    'is {w} in [any|one] of [these|the|my] files?',
    'look [everywhere|in every file|in all of them] for {w}[, no rush|, thx|, and say which '
    'file has it|]',
]

RUN = [
    '[fire off|kick off|fire up] {c}[ and show me what comes out| and tell me what it spits '
    'out|]',
    'what does {c} [spit out|give|give you|come back with]?',
    '[Q|q]uick one, [run|execute|try]: {c}',
    "[I wanna|I'd like to|I gotta|let's] [see|know] what {c} [does|prints|spits out|gives]",
    '[can you|could you|can u] [fire off|run|try|launch] {c}[ for me| real quick|]?',
    '[hit|punch in|type in|type] {c} [and tell me what you get|and show me what happens|and let '
    'me see]',
    "[I can't run things here|I don't have a terminal|I'm on my phone], [run|execute] this for "
    'me: {c}',
    "[let's|lets] [run|try|execute] {c}",
    "[got|I've got|I have] a command for you[,|:] [run|execute|try] {c}",
    '[would you mind|do you mind|mind] [running|firing off|executing] {c}?',
    '[open|in] a terminal, [type|run|enter] {c}',
    '[if I run|if you run|when I do|say we run] {c}[, what comes out?|, what do I get?|, what '
    'does it print?]',
    '[command|cmd]: {c}\n[run it|run that|execute it] [and show me|pls|for me|]',
    '{c}\n[run that|run this one|execute this] [and tell me what it says|for me|pls|please]',
    '{c}\n^ [run|execute|try] [this|that] [for me|pls|please|and show me]',
    '[my teacher|my boss|my friend|my colleague] [told me|says] to run {c}, [do it for me|can '
    'you do that|can you run it]?',
    '[please|pls] to run [the command|for me] {c}',
    '[this command|the following command] [please run|I want to run|should be run]: {c}',
    "[give|let's give] {c} a [go|try|spin|run] [and show me|and tell me what it says|]",
    '[I need|need|I want] you to run [this|something]: {c}',
    "[not sure|no idea|I don't know] what {c} [prints|says|gives][, run it|, can you run it?|. "
    'Try it and tell me]',
    '[N|n]o rush, but [run|execute] this [when you can|for me]: {c}',
    '[do|just do] a [quick|] {c} [for me|pls|please|and show me what it says]',
    '[throw|chuck|stick] {c} [in|into] the [terminal|shell] and [show me|tell me] [the '
    'output|what it says|what comes back]',
    '[B|b]efore I [forget|go], [run|execute] {c}',
    'what [do you get|comes out|do I get] [from|with|for] {c}?',
    '[how about|what about] running {c}?',
    "[I'd love|I wanna get|I need] the [output|result] from {c}",
    '[shell time!|terminal time!|command time!] {c}',
    '[execute|run] for me please {c}',
    '[the output of|whatever comes out of] {c} [is what I need|is what I want to see|please]',
    '[go|go ahead,] run {c} [and lemme know what it says|and show me|]',
]

CHORES = {
    'mv': [
        '[flip|switch] the [name of|file name] {a} [over|] to {b}',
        "[I don't like|I'm not a fan of|I hate] the name {a}, [call the file|rename it to|make "
        'it] {b}',
        "[let's|lets] [call|name|rename] {a} {b} [from now on|instead]",
        '{a} [should be called|should be named|needs to be named|is gonna be called] {b}[ now| '
        'instead|][, rename it|]',
        '[can you|could you|can u] rename {a}[? new name is|, the new name is|? Should be] {b}',
        '{a} -> {b} ([just|only] a rename[ please| pls|])',
        "[I wanna|I'd like to|I gotta|we should] [rename|give a new name to] {a}, [call it|make "
        'it|it becomes] {b}',
        "[give|let's give] {a} a [new|better|nicer] name: {b}",
        '[Q|q]uick one: [rename {a}, new name|rename {a}, should be|rename {a} ->|{a} gets '
        'renamed to] {b}',
        '[would you mind|do you mind|mind] [renaming|moving] {a} to {b}?',
        "the file {a} [has|got] [a wrong|the wrong|a bad] name, [it's supposed to be|should be] "
        '{b}[, fix it|]',
        '[please|pls] the name of file {a} [to change|you change] to {b}',
        "[shift|move] {a} [over|] to {b}[, don't keep the old one|, same content|]",
    ],
    'cp': [
        '[make|keep|give me] a [second|spare|backup] copy of {a}[, call it|, name it| and call '
        'it] {b}',
        '[clone|dupe|duplicate] {a} [into|as] {b}[ for me| pls| real quick|]',
        "[I wanna|I'd like to|I gotta|let's] [keep|have] a copy of {a} [named|called|as] {b}",
        '[can you|could you|can u] [copy|clone|back up] {a} [to|as] {b}[ for me|]?',
        '[before I mess it up|before I break it|just in case], [copy|back up|clone] {a} [to|as] '
        '{b}',
        '{a} [twice, please|times two]: [the copy is|copy goes to|the second one is called] {b}',
        '[leave|keep] {a} where it is, but [make|I want] a copy [called|named] {b}',
        '[Q|q]uick one: cp {a} {b}',
        '[please|pls] from {a} [make|to make] one copy with name {b}',
        '[back|backup] {a} [up to|up as] {b}',
        '[would you mind|mind] copying {a} [to|as] {b}?',
        'I need {a} [a second time|two times], [as|under the name] {b}[ too|]',
    ],
    'rm': [
        '[nuke|ditch|trash|bin|chuck out|toss] {a}[ for me| pls| real quick|]',
        "[I don't want|we don't need|I'm done with|we're done with] {a} [anymore|any "
        'longer|now], [nuke it|delete it|bin it|trash it]',
        '{a} [can go|has to go|must go|needs to go][, delete it|, bye!|, nuke it|]',
        '[can you|could you|can u] [nuke|ditch|delete|trash|throw away] {a}[ for me|]?',
        '[Q|q]uick one: [delete|nuke|rm|trash] {a}',
        "[let's|lets] [ditch|delete|throw away|get rid of] {a}",
        "[I wanna|I'd like to|I gotta|we should] [delete|ditch|trash|get rid of] {a}",
        '[throw|chuck] {a} [away|out|in the bin|in the trash]',
        '[bye bye|goodbye|so long] {a}[, delete it|, remove it| - delete that file]',
        '[would you mind|do you mind|mind] [deleting|nuking|removing|trashing] {a}?',
        '[please|pls] the file {a} [to delete|you delete|must be deleted]',
        '{a} is [junk|garbage|old stuff|useless now], [nuke it|delete it|get rid of it|remove '
        'it]',
        "[what's {a} still doing here?|{a} is still here!] [delete it|nuke it|get rid of it]",
    ],
    'mkdir': [
        "[I want|I'd like|I need|let's have|we need] a [new|fresh|separate] [folder|directory], "
        '[call it|name it|with name] {a}',
        '[can you|could you|can u] [make|create|set up] a [folder|directory] [for me|] '
        '[called|named] {a}?',
        '[Q|q]uick one: [new|empty|fresh] [folder|directory] {a}',
        '[spin up|set up|whip up] [an empty|a new|a fresh] [folder|directory] {a}[ for me| pls|]',
        "[let's|lets] [make|start|create] a [folder|directory] [named|called|] {a}",
        "[there's|there is] no [folder|directory] {a} yet, [make it|create it|can you make one]",
        '[gimme|give me|get me] [a folder|an empty folder|a directory] {a}',
        '[would you mind|mind] [making|creating] a [folder|directory] {a}?',
        '[please|pls] a [folder|directory] with [the name|name] {a} [make|create|to make]',
        '{a} - [I need this as a folder|make this folder|make a directory with this name]',
        "[folder|directory] {a}[, make it| pls, it doesn't exist yet|, create it please]",
        '[my stuff|everything] is a mess, [make|create] [me|] a [folder|directory] {a}',
        'mkdir {a} [for me|pls|please|]',
    ],
}

JOINS = [
    ', after that ',
    ". Once that's done, ",
    ", once you're done ",
    '. And then ',
    ", and when that's done ",
    '. Oh, and then ',
    ', oh and then ',
    ". When you're done with that, ",
    ' - then ',
    ', next ',
    '. Ok, next: ',
    '. And after this ',
    '. Right after that, ',
    ' and afterwards ',
    '. Second thing: ',
    ', and finally ',
    '. Last thing, ',
    ' & then ',
    '. Done? Then ',
    ', and right after ',
    '.\nThen ',
    '\nand then ',
    '\nafter that ',
    '. With that done, ',
]

RUN_IT = [
    '[fire it off|fire it up|kick it off|give it a go|give it a spin][ with {i}|] [and show me '
    'what comes out|and tell me what it says|]',
    '[try|start|launch|fire up] {p}[ with {i}|] [and show me what it prints|and tell me what '
    'comes out|]',
    "[let's|lets] [run|try|launch] [it|{p}] [and see|and see what happens|with {i}|]",
    '[see|show me|tell me|check] what it [spits out|prints|says] when you run it',
    '[give me|gimme] [its output|the output when you run it|what it prints when it runs]',
    '[run|start] it [for me|real quick|pls|once] [and spit out the result|so I see what it '
    'does|so I can see|]',
    '[use|take] {i} to [run|start|launch] [it|{p}|the script]',
    "[I wanna|I'd like to|let me] see it [run|running|in action], so [run it|start it|fire it "
    'off]',
    '[can you|could you|can u] [run|try|start] [it|{p}|the script] [and show me|with {i}|]',
    '[using|with] {i}, [run|start|launch] [it|{p}] and [show me what it says|tell me what comes '
    'out]',
    '[run|execute|start] {p} [with|using|through] {i}[ and show me| and tell me what you get|]',
    '[test|try] [it|the script|{p}] [out|out once] by running it',
    'what does it print when you run it?',
    '[execute|launch] the [thing|script|little script|file] [and show me|and lemme see|with '
    '{i}|]',
]

SCRIPT = [
    '[whip up|throw together|knock out|hack together] a [tiny|little|quick|small] script {p} '
    'that [just|only|] prints {t}',
    '[make|create|write] {p}, [all it does is print|it just prints|it only has to print] {t}',
    "[I wanna|I'd like|I need|gimme] a [tiny|little|small|] [script|program] {p} that [spits "
    'out|prints|prints out] {t}',
    '[can you|could you|can u] [make|write|do] me a script {p} that [prints|spits out] {t}',
    '[Q|q]uick one: script {p}[ that prints| which prints|, prints] {t}',
    "[let's|lets] [make|write|have] a [little|tiny|] script {p} [which|that] [prints|spits out] "
    '{t}',
    '{p} [should be|is gonna be] a script that [just|only|] [prints|spits out|outputs] {t}[, '
    'write it|]',
    '[would you mind|mind] [writing|making] a [small|little|] script {p} that prints {t}',
    '[my teacher|my boss|my friend] wants a script {p} that [prints|prints out|outputs] {t}',
    '[please|pls] one [script|little program] {p} [to write|to make], it [prints|must print] {t}',
    '[write|create|make] the [simplest|smallest|shortest] {p} that prints {t}',
    'a script [called|named] {p} [I need|is needed], it should [print|print out|spit out] {t}',
    '[start|create|make] a script [called|named] {p}[;|,] when [it runs|you run it|I run it] it '
    '[prints|spits out|should print] {t}',
]

FIND_EDIT = [
    '[one of the files|some file here|one of my files] [says|has|mentions] {o}, '
    '[flip|change|switch] [it|that] to {n}',
    '[hunt down|track down|dig up] {o} in [the files|my files|this folder] and [make it|turn it '
    'into|flip it to] {n}',
    "[I can't remember|I forgot|no idea|dunno] [which file has|what file has] {o}, but [it "
    "should be|it's gotta be|make it] {n}",
    '{o} is [somewhere in|in one of] [the|my|these] files, [change it to|make it|turn it '
    'into|it should be] {n}',
    '[figure out|find out|see] which file [has|says|mentions] {o} and [put|stick|write] {n} '
    'there instead',
    '[I wrote|I put|I typed] {o} [somewhere|in some file|in one of the files], [I meant|should '
    'be|it must be] {n}[, find it and fix it|]',
    '[can you|could you|can u] [find|track down] the file with {o} and [change|switch|flip] '
    'that to {n}',
    '[Q|q]uick one: [find|look for] {o} in the files, [make it|change it to] {n}',
    '[whatever|whichever] file [has|mentions|says] {o}[,|:] [ditch it|kick it out|drop it] and '
    '[put|write|use] {n} instead',
    "[ditch|drop|kick out] {o} from [whatever file it's in|the file it's in|whichever file has "
    'it] and put {n} there',
    '[please|pls] to find the file where is {o} and [to write|write] {n} instead of it',
    "[let's|lets] find {o} [in the files|wherever it is] and [swap it to|turn it into|change it "
    'to] {n}',
    "{o} -> {n}, [don't know|dunno|not sure] [which|what] file[ it's in|], [find it "
    'first|search for it|look it up first]',
]

FIND_READ = [
    '[hunt down|track down|dig up] the file [with|that has|that mentions] {o} and [spit it '
    "out|show me what's in it|show me the whole thing]",
    "[I can't remember|I forgot|dunno|no idea] [which file has|what file has] {o}, [find it and "
    'show me the file|find that file and read it to me]',
    '[one of the files|some file here|one of my files] [says|has|mentions] {o}, [open it for '
    'me|show me that whole file|show me all of that file]',
    '[can you|could you|can u] find the file with {o} and [show me|tell me|read me] [the whole '
    "thing|what it says|what's in it]?",
    '[Q|q]uick one: [find|look for] the file with {o}, [open it|then show it to me|then print '
    'it]',
    "[I wanna|I'd like to|lemme] [read|see] the [whole|] file [where|in which] {o} is[, find "
    'it|, look for it|]',
    '[whatever|whichever] file [has|mentions] {o}, [show me all of it|spit it out|print it]',
    '[please|pls] to find the file where is {o}, and to show [me|to me] what is inside',
    '[figure out|find out] which file [has|mentions] {o} and [open it|read it to me|show it]',
    'what [else|all] [is in|does it say in] the file [with|that has|that mentions] {o}? [find '
    'it and show me|look for it and print it]',
    "[let's|lets] [find|look for] the file [with|containing] {o} and [take a peek at it|read "
    'it|see what it says]',
]

COPY = [
    "[I wanna|I'd like|I want|we need] {b} to be [exactly|just|] [like|the same as] {a}, [same "
    'text|same content|same stuff inside]',
    '[grab|take] [everything in|all the text from|the stuff in] {a} and [chuck|stick|dump|drop] '
    'it [in|into] a new file {b}',
    '[peek at|look at|check out] {a} and [put|stick|write] exactly [the same|that] [in|into] a '
    'new file {b}',
    "[can you|could you|can u] [put|stick|drop] what's in {a} [into|in] a new file "
    '[called|named|] {b}',
    '[Q|q]uick one: [make|create] {b}, same [text|content|stuff] as in {a}',
    '[whatever|what] {a} says, {b} should say [too|as well|the same][, make it so|, create it|]',
    "[let's|lets] [have|make] a {b} with [everything from|the text from|all of] {a}",
    "there's no {b} yet, [make it|create it] with [what's in|the text of|the same text as] {a}",
    '[please|pls] all text from {a} [to put|put|to write] also in [new file|the new file] {b}',
    'the [stuff|text|content] [in|of|from] {a} should [also be|also go|also land] in a new file '
    '{b}',
    '[would you mind|mind] [putting|saving|copying] the [text|content|contents] of {a} into a '
    'new file {b}',
    '{b} = [same content as|same text as|a file with the text of] {a}[, make it|, create it '
    'pls|]',
]

MOVE_IT = [
    '[call|name] [it|the file|{a}] {b} [instead|from now on]',
    '[give it|give the file|give {a}] [the new name|a new name,|another name:] {b}',
    '[change|flip|switch] [its name|the file name|the name] to {b}',
    "[I want|I'd like|let's have] [it|{a}|the file] [renamed to|called|named] {b} [instead|]",
    "[let's|lets] [rename|move] [it|the file|{a}] to {b}",
    '[can you|could you|can u] rename [it|the file|{a}] to {b}',
    '[it|the file] should [be called|have the name|be named] {b} [now|instead]',
]

VALUE = [
    '[grab|fish|dig|pull] the {k} out of {a} and [chuck|stick|drop|put] [it|just that value] '
    '[in|into] a new file [called|named|] {b}',
    "[I wanna|I'd like to|I need to] [have|save] the {k} [from|in] {a} in a [new|separate] file "
    '[called|named|] {b}, [just the value|only the value|nothing else]',
    '[peek|look] [into|inside] {a} for the {k} and [jot it down|jot down the value|write it] in '
    'a new file {b}',
    '[can you|could you|can u] [take|get|grab] the {k} out of {a} and [save|put] [just|only] '
    '[that|the value] in {b}',
    '[Q|q]uick one: [make|create] {b} with [just|only] the value of {k} from {a}',
    '[whatever|what] the {k} is in {a}, [jot it down|write it|stick the value] in a new file {b}',
    "{b} should [have|say|hold] [just|only] the {k} [that's in|from|you find in] {a}[, create "
    'it|, make it|]',
    '[please|pls] from {a} the {k} [to take|take] and [write|to write] only the value in new '
    'file {b}',
    '[I can never remember|I always forget] the {k} in {a}, [stick|put|save] its value in a new '
    'file {b}',
    '[my friend|my boss|my colleague] needs [only|just] the {k} from {a}, [put|save|drop] that '
    'value in a new file {b}',
    "[let's|lets] [make|create|start] a file {b} [and|that] [put in it|has] [only|just] the "
    'value of the {k} in {a}',
    '[check|see] what {k} {a} has [set|] and [make|create] {b} with [just|only] that value [in '
    'it|inside]',
]

GREETINGS = [
    '[heya|heyy|heyyy|hey hey|hi hi|sup|wassup|ayo|oi|oh hi|oh hey|aloha][ there| you| ember| '
    'buddy| friend|][!|!!| :)|]',
    "[what's|whats] [good|new|cooking|happening|going on][?|!|, ember?|, buddy?]",
    "[hey|hi|yo|heya] [it's me|me again|I'm back|I'm new here|just me][!|!!|]",
    "[how's|hows] [it going|life|everything|your morning|the day treating you][?| today?| "
    'ember?|, all good?]',
    '[morning|mornin|evening|afternoon] [everyone|buddy|friend|sunshine|my friend][!|]',
    '[hello|hi|hey] [from|and greetings from] [me|my desk|the library|school|work|the train|far '
    'away][!|]',
    '[hi|hello|hey] [dear|my dear|good|little|my] [friend|assistant|helper|ember|model][!|]',
    '[just|only] [saying|wanted to say|dropping by to say|came to say] [hi|hello|hey][!| :)|]',
    '[hi|hey|hello][,|!] [you up|you awake|can you hear me|are you working today|you good|you '
    'ok][?|??]',
    "[how|how're|how r] [you doing|ya doing|u|you feeling][ today| this morning|][?|]",
    '[hi|hello|hey][,|!] [nice|great|so good|cool] to [be here|see you again|have you here|talk '
    'to you][!|]',
    '[hi hey|hey hi|oh hi][!|!!|]',
    '[testing|test test|knock knock|ping|ding dong][!|?|...|][ anyone home?| you '
    'there?|]',
    '[good to|happy to|glad to] [be back|have you back|see you again|hear from you][!|]',
    "[hope|I hope] [you're|you are] [well|fine|doing ok|having a good day][!| :)|]",
    "[hi|hello|hey][,|!] [my name is|I'm|it's] [Sam|Leo|Maya|Yusuf|Ines|Kim|Paulo|Nadia][!|, "
    'nice to meet you|, how are you?|]',
    '[first time here|my first day|never talked to you before], [hi|hello|hey][!| there!|]',
]

ABOUTS = [
    '[so|ok so|hey,|wait,] [who|what] [are you exactly|are you actually|even are you|r u][?|??]',
    'what [stuff|kind of stuff|sort of things|kinds of jobs] can [you|u] do[ for me|]?',
    "[are you|r u|you're] [like ChatGPT|some kind of bot|a bot|a chatbot|an actual human|a real "
    'person|a machine]?',
    "[what's|whats] your [deal|thing|job here|role|name again|speciality]?",
    '[have you got|you got] some name[?|, by the way?|, bot?]',
    '[can you|could you|would you] [introduce yourself|tell me who you are|say a bit about '
    'yourself|tell me what you can do][?| real quick?| please?]',
    '[what|which things] are you [good for|useful for|made for|built for|here for]?',
    '[how|how exactly|in what ways] can [you|u] [help|help me out|be helpful|make my life '
    'easier]?',
    '[what|which] [AI|bot|model|version] [am I chatting with|am I talking with|are you based '
    'on|do I have here]?',
    '[where|from where] [do you come from|are you from|were you made|are you running]?',
    "[who's|who is|whos] [behind you|your maker|your creator|your boss|your developer]?",
    "[I wanna|I'd like to|I'm curious to] know [what you are|who you are|what you can do|more "
    "about you|what you're good at]",
    '[how|so how] [smart|clever|small|large|strong|powerful] are you[, really|, honestly|]?',
    "[what|which things] [can't you do|are you bad at|are you not able to do|do you not do]?",
    '[do you|can you] [run on my computer|run locally|work offline|need the internet|live on '
    'this machine|think for yourself|learn from me]?',
    "[never used you before|I'm new here|first time using this|my friend told me about you], "
    '[what can you do|what are you|how do you work|who are you]?',
    '[is this|am I on|did I reach] [ember|an AI|a bot|a computer|the assistant]?',
    '[what|which] [languages do you speak|tools do you have|jobs can I give you|things can I '
    'ask you|requests do you understand]?',
    "[you're|are you] ember[, right|, aren't you|, yes]?",
    '[please|pls] [explain|tell] [to me|me] what you [can|can do|are|are for]',
    '[give me|gimme|show me] [a quick intro|the short version of what you do|a list of what you '
    'can do|a rundown of your skills]',
    '[what|how much] do you know about yourself?',
    '[can I|could I] ask [who you are|what you are|what you can do|who built you]?',
    '[what|which] should I [ask you|use you for|call you|know about you]?',
    "[how do you work|how does this work|what do you do all day|what's your purpose in "
    'life|what makes you special|do you have feelings|are you alive|how old are you]?',
    '[why are you called ember|why ember|why is your name ember|what does ember stand for]?',
    "[I don't get it|I'm confused|not sure I understand], [what are you|who am I talking "
    'to|what do you do|what are you for]?',
    "[tell me a bit about|let's hear about|say a few words about] [yourself|you|what you "
    'do|your skills]',
]

BEYONDS = [
    '[whip up|throw together|hack together|knock out|bang out] a '
    '[full|real|working|complete|cool] [{a} app|{a} game|website for my {a}|todo app|chat '
    'app|discord bot|tetris clone|snake game][ in Rust| in Java| for my {c}| by tonight|]',
    '[can you|could you|can u] [code|build|program] me a [game|website|web shop|phone app|chat '
    'bot|{a} simulator|{a} tracker][ about {c}| for {c}| with a login|]?',
    '[my|our] [{a}|{b}] [app|server|website|service] [keeps crashing|is super slow|is totally '
    "broken|acts weird|won't build], [what's wrong|can you fix it|help me debug it|any idea "
    'why]?',
    "[I wanna|I'd like to|let's|help me] [build|make|start|code] [a startup around {a}|my own "
    '{a} engine|my own operating system|a game like {a}|a machine learning model for {c}|a '
    'website about {c}]',
    '[do|can you do|help me with] my [homework|coding homework|{a} assignment|programming '
    'exam|thesis on {c}|math homework][, please| for tomorrow| pls|]',
    "[how would you|how'd you] [design|structure|architect|scale|test] [a {a} service|our {b} "
    'backend|a big {a} app|a multiplayer game]?',
    '[clean up|tidy up|polish|make prettier] [the whole|our messy] [{a} codebase|codebase|{b} '
    'class|backend code|frontend]',
    'is [my|our|the] {a} [code|design|algorithm|architecture] [any good|good enough|too '
    'complicated|safe][, what do you think|]?',
    "[what's|whats] [the difference between {a} and {c}|better, {a} or {c}][, in simple words|]?",
    '[teach|show] me [how to code|programming|how to hack|{a} programming|machine learning|how '
    'to make games][ step by step| from zero|]',
    '[port|convert|rewrite] [our|my|the whole] [{a} app|{b} library|{a} backend|game] to '
    '[Rust|Go|Kotlin|TypeScript|Swift]',
    '[make|train|fine-tune] [me|us] a [language model|neural net|face detector|{a} classifier] '
    '[for|that knows] {c}',
    "why [won't|doesn't|isn't] [my|our|the] {a} [code compile|loop end|query work|deploy "
    'work|test pass|page load]?',
    '[which|what] [framework|programming language|database|laptop|library] should I '
    '[pick|learn|use|get] for [{a}|my {a} project|a {a} app|{c}]?',
    '[squash|hunt down and fix|get rid of] [that nasty|the weird|this annoying|every] [{a} '
    'bug|bug in our {b} code|memory leak|race condition]',
    '[gimme|give me|tell me] [a fun fact|something interesting|a crazy story|a joke|your '
    'opinion|the truth|a quote] [about|on] [{a}|{c}|the {a}|cats|space]',
    '[help me|can you help me] [write|with] [a|my] [cover letter|love letter|wedding '
    'speech|birthday card|essay on {a}|story about {c}|rap about {a}|apology to {c}]',
    "[what's|whats] [the meaning of life|a black hole|a {a}|love|the point of {a}|the deal with "
    '{c}|inflation|a good name for my {a}]?',
    '[how is {a} made|how was {a} discovered|how come {a} is so expensive|why is everyone '
    'talking about {a}|how is {a} connected to {c}]?',
    "[who's|who is|who was] [the king of {c}|the inventor of the {a}|your favourite singer|the "
    'president|the boss of {c}|the author of the {a} books]?',
    "[explain|break down] [{a}|{c}|relativity|blockchain|evolution|the {a} crisis] [like I'm "
    'five|in simple words|to my grandma|to a kid]',
    "[how do you say|how do I say|what's the word for] {a} in "
    '[Spanish|French|German|Korean|Turkish|Portuguese|Polish]?',
    "[what's|whats] {n} [times|plus|minus|divided by] {m}[, quick| again|, roughly]?",
    '[is|are] [{n} a prime number|{n} bigger than the square of {m}|{a} healthy|{a} better than '
    '{c}|ghosts real|aliens real|dragons real]?',
    "[my English isn't good|English is not my language|I'm learning English], [teach me "
    'some|correct my grammar please|explain me the word {a}|what means {a}]',
    'when [is|was|does] [the {a} festival|the {c} war|the next full moon|the world cup|the {a} '
    'show][ this year| again|]?',
    '[how many people live in {c}|how many calories are in a {a}|how much does a {a} cost|how '
    'much money do I need for {c}|how many stars are there|how much sleep do I need]?',
    '[what|which] [movie|song|game|book|series|recipe|present|outfit] [should I pick|would you '
    'pick|is good|do you like][ tonight| for my {a}| for {c}|]?',
    '[sing|rap|draw|dance] [something|a song|a little {a}|{c}] for [me|my {a}|{c}]',
    '[write|make up|come up with] [some|a few|ten|cool] [rhymes|lyrics|puns|jokes|band '
    'names|baby names|tweets|captions] [about|for] [{a}|{c}|my {a}]',
    '[do you|u] [like|love|hate|believe in|prefer] [{a}|{c}|{a} or '
    '{c}|pizza|football|god|anime]?',
    "[I'm|I feel] [so bored|kinda sad|really tired|in love|stressed about {a}|hungry], [what "
    'should I do|cheer me up|any advice|talk to me][?|]',
    '[should I|would you] [quit my job|marry {c}|buy a {a}|move to {c}|learn {a}|study {a}|text '
    'my ex][?|, what do you think?]',
    '[rate|roast|judge] my [outfit|{a}|singing|life|haircut|poem about {c}|music taste]',
    '[who|which team] [will win|is gonna win|wins] [the {a} cup|the election|tonight|the match '
    'against {c}]?',
    "[what's|whats] the [weather|temperature|traffic] [like|gonna be] [in "
    '{c}|tomorrow|outside|this weekend]?',
    '[get|grab|order|buy] me [a pizza|some {a}|a coffee|tickets to {c}|a taxi|a new phone|{n} '
    'shares of {c}][ please| asap| for tonight|]',
    '[text|call|ping|message|ring] [my mom|my {a}|my friend {c}|the doctor|grandma] and [say '
    "I'm late|say sorry|ask about {a}|tell them I'm sick]",
    '[play|put on|turn up] [some music|my {a} playlist|a song by {c}|the radio|some {a} tunes]',
    '[book|reserve|find] [me|us] a [flight|hotel|room|table|train|flat] [in {c}|to {c}|for {n} '
    'people|near {c}]',
    '[google|look up on the internet|search the web for] [{a} offers|the best {a} in {c}|the '
    'latest news|cheap flights to {c}|{a} reviews]',
    '[post|share] [a video|a selfie|something nice|my {a}] on [instagram|twitter|my '
    'blog|facebook|tiktok]',
    '[send|shoot] [an email|a mail|a message|a postcard] to [my boss|my teacher|{c}|everyone|my '
    'landlord] [about|because of] [the {a}|my {a}|{c}]',
    '[set|put] [an alarm|a timer|a reminder] for [{n} minutes|tomorrow morning|my {a}|the {a} '
    'meeting]',
    '[turn on|turn off|switch on] the [lights|heating|tv|{a} lamp][ in the kitchen| at home| '
    'please|]',
    '[how do I|how can I|how to] [get rich|lose weight|fix my {a}|cook {a}|make friends in '
    '{c}|get to {c}|sleep better|grow {a}]?',
    '[plan|organise|sort out] [my birthday party|our trip to {c}|a date with {c}|my {a} '
    'weekend|my budget for {c}]',
    '[what time|what day] is it [in {c}|in Tokyo|in Brazil|on the moon]?',
]
