"""The forms of requests, by what is asked; phrases.py says how to read them."""

from tasks.voices import add_voices

CREATE = [
    'I [want|would like|need] [a|the] [new|] file {p} [to contain|with|that says|saying|'
    'containing] {t}',
    'there should be a [new|] file [called|named|] {p} [with|containing|that says|saying] {t}',
    '[let|have] [a new file|the new file|] {p} [contain|say|hold] {t}',
    '[start|begin|open] [a|a new|the] file {p} with [the text|the line|] {t}',
    '[new file|file] {p}: {t}',
    '{t} [should go|goes|belongs] [into|in] [a new file|the new file|the file] {p}',
    'fill [a|the] new file {p} with {t}',
    '[create|make|write|add|set up|generate|produce] [a|a new|the|one|] [file|text file|] '
    '[called|named|] {p} [with the content|with content|containing|that contains|with the text|'
    'saying|that says|with|holding|which contains|that reads|with the line|with this text:|with '
    'the words|whose content is|including|and put in it|with the following content:|with '
    'contents] {t}',
    '[create|make|write|add] {p} [with the content|containing|with the text|saying|with|holding|'
    'with the line|that says|and write into it|which contains|with content|and fill it with] {t}',
    '[write|put|save|store|place|record|dump] [the text|the words|the line|the content|the '
    'sentence|the string|] {t} [to|into|in|in a file called|in a new file|to the file|into the '
    'file|in a file named|as|under] {p}',
    '{p} should [contain|say|hold|have the content] {t}[, create it|, make it|]',
    'I need a [file|new file|text file] [called|named|] {p} [with|containing|that says|that '
    'contains] {t}',
    '[in|into] a [new|] file [called|named|] {p} [write|put|save] {t}',
    '[create|make|add|write|set up|start|prepare|produce|generate] [a|a new|the|the new|] '
    '[file|text file|] {p}[.|,|;| and] [it|the file|its text|its content|its only line] [should say|should be|is|'
    'says|should contain|must be|contains|has the line|will be][ the text| the line|] {t}',
    '[create|make|add|set up|start|prepare|produce|generate] [a|a new|the|the new|] '
    '[file|text file|] {p}[.|,|;|:] [put|write|store|place] {t} [in it|into it|inside|there]',
    '[put|write|save] a [new|] file {p} [here|in this folder|] [with|that says|containing] {t}',
]
CREATE_LONG = [
    '[create|make|write|add] [a|the|] [file|new file|] {p} [with this content|with the following '
    'content|with these lines|containing|with|with the lines|that contains|with the text]:\n[|\n'
    ']{b}',
    '[write|save|put|store] [this|the following|these lines|the text below] [to|as|into|in|in a '
    'file called] {p}:\n[|\n]{b}',
    '[create|write] [the file|] {p}. [Content|The content|It should contain|Its lines]:\n{b}',
    '{p} [should contain|should say|gets this content]:\n{b}',
]
APPEND = [
    '{p} [needs|should get|gets|is missing|wants] [another|one more|a further|a last|the] line[:|'
    ' at the end:| at its end:] {t}',
    '[one more line|another line|a new line|a line] for [the end of|] {p}: {t}',
    'let {p} end with [the line|] {t}',
    '[write|put|add] {t} [under|below|after] [everything|the rest|what is|the other lines] in {p}',
    '[insert|set] {t} as [the last line|a new last line] of {p}',
    '{t} [should be|goes|belongs] at the end of {p}',
    '[append|add|attach] [the line|a line saying|the text|the words|a new line|one more line|the '
    'entry|a line with|] {t} [to|to the end of|at the end of|to the file|at the bottom of|to the '
    'bottom of] {p}',
    '[add|put|write] [the line|a new last line|a line|the text|] {t} [at the end of|at the '
    'bottom of|as the last line of|after the last line of] {p}',
    '[extend|append to] {p} [with|by] [the line|] {t}',
    '[to|at the end of|at the bottom of] {p}[,|] [append|add|put] [the line|the text|] {t}',
]
READ = [
    '[I wonder|I am curious|I would like to know|find out|let us see|I need to know] [what|what '
    'text|which words] {p} [says|has|holds|contains|is about]',
    'what [text|words|lines] [has|holds|is in|are in] {p}?',
    'I [want to|would like to|need to] [see|know|read] [what is in|the text of|the content of|] '
    '{p}',
    'let me [see|read] {p}',
    '[what do we have|is there anything] in {p}?',
    'go through {p} and tell me what it says',
    'can you read {p}[ to me|]?',
    'which text does {p} [hold|have|contain]?',
    '[read|show|show me|print|display|open|cat|output|view|give me] [the|] [file|content of|'
    'contents of|text of|] {p}',
    '[read|open|look at|look into|check] {p} and [tell me what it says|show it|tell me what is '
    'in it|report what it says|print it|repeat what it says|tell me its content]',
    'what [does {p} say|is in {p}|does {p} contain|is written in {p}|stands in {p}|is the '
    'content of {p}|are the contents of {p}]?',
    '[tell me|say] what [is in|is written in|stands in] {p}',
    "what's inside {p}?",
]
BACK = [
    '[show|print|read|display|cat|output] [it|the file|the result|its content|it back|{p}]',
    '[read it back|show me the file|tell me what it says|show me what is in it|report its '
    'content|print its contents]',
    '[read|show|print|check] {p}',
]
REPLACE = [
    '[use|put|write] {n} instead of {o} in {p}',
    'instead of {o}, {p} should [say|have|contain] {n}',
    '[there is|you find] [the word|] {o} in {p}[;|,] [make|turn] it [into|] {n}',
    '[every|each|the word|the text|the line|] {o} in {p} [should|must|has to] [be|become|read|'
    'say] {n}',
    '{o} is wrong in {p}[,|;] [it should be|it must be|write] {n}',
    '[correct|fix] {o} to {n} in {p}',
    '{p} [contains|mentions|has] [the word|] {o}[. Make|, make|; make] it {n}',
    '[replace|change] the line {o} [with|to|by] {n} in {p}',
    '[change|rewrite|replace] the line {o} [in|of] {p} [to|as|with] {n}',
    '[replace|substitute|swap] [the word|the text|every|each|] {o} [with|by|for] {n} in [the '
    'file|] {p}',
    '[replace|change|swap] [the word|the text|] {o} in [the file|] {p} [with|to|by] {n}',
    'in [the file|] {p}[,|] [replace|change|swap] [the word|] {o} [with|to|by] {n}',
    '[change|turn|rename] [the word|every|] {o} [to|into] {n} in [the file|] {p}',
    '[edit|open|update|modify|change|fix] {p} [so that|and make sure] {o} [becomes|is replaced '
    'by|turns into|is changed to] {n}',
    '[edit|open|update] {p} and [replace|change] {o} [with|to|by] {n}',
    '{o} in {p} should [be|become|read|say] {n}[, change it|]',
    '{p} [has|says|contains|still says|includes] [the word|the text|the line|] {o}[.|;|,] [put|'
    'write|set|use|place|have] {n} [there|instead|in its place]',
    '[take|remove] [the word|the line|] {o} [out of|from] {p} and [put|write|use] {n} [there|'
    'instead|in its place]',
    '[swap|exchange] [the word|the line|the text|] {o} [of|in|from] {p} for {n}',
    '[where|wherever] {p} says {o}[,|] it [should|must|has to] say {n}',
]
KEY = [
    '[I would like to know|I wonder about|I am curious about|find out|I need] the {k} '
    '[from|of|in] {p}',
    'I [need|want|would like to know|am looking for] the {k} [from|in|of|given in] {p}',
    'do you [see|find] a {k} in {p}?',
    'how is [the|] {k} set in {p}?',
    'the {k} [in|of|from] {p}, please',
    'which {k} do we [have|use] in {p}?',
    '[see|check|look] in {p} [for|what is] the {k}',
    '{p}: [what|which] {k} is there?',
    'what is the {k} in {p}?',
    'what {k} [does {p} say|does {p} have|is in {p}|is set in {p}|is given in {p}]?',
    '[which|what] {k} is [set|given|written|used|configured|defined] in {p}?',
    '[read|open|check|look at|look into] {p} [and|to] [tell me|report|find|say|give me] [the|'
    'what the] {k}[ is|]',
    '[tell me|find|report|look up|get|give me|find out|extract|print|show] [the|the value of|] '
    '{k} [from|in|of|given in|written in] {p}',
    '[read|look into|open] {p}: [what is the {k}|which {k} is set]?',
    'which value has {k} in {p}?',
    'in {p}, what is the {k}?',
    '{p} [has|contains] a {k}, [what is it|which one]?',
    'according to {p}, what is the {k}?',
]
LINE = [
    '[what is|tell me|show me|print|give me|read] the {w} line [of|in|from] {p}',
    '[read|open] {p} and [tell me|show|print|report] [its|the] {w} line',
    'what does the {w} line [of|in] {p} say?',
    'which [text|words] [is|are] in the {w} line of {p}?',
]
COUNT = [
    'how many lines [does {p} have|has {p}|are in {p}|are there in {p}]?',
    '[count|tell me] [the lines|the number of lines|how many lines are] [in|of] {p}',
    'what is the number of lines in {p}?',
    '[read|open|check] {p} and [tell me|report|say] how many lines it has',
]
SET = [
    'let [the|] {k} be {n} in {p}',
    'I [want|need] [the|] {k} [to be|as|at] {n} in {p}',
    'give [the|] {k} the value {n} in {p}',
    '{p} [needs|should have] [the|] {k} {n}',
    '[set|change|update] [the|] {k} [to|=] {n} in {p}',
    '[change|set|update] [the|] {k} in {p} to {n}',
    'in {p}[,|] [set|change] [the|] {k} to {n}',
    '[update|edit|change] {p}: [the|] {k} should be {n}',
    'make the {k} in {p} {n}',
    '[edit|update] {p} [so that the|and set the] {k} [is|to] {n}',
    'the {k} in {p} should be {n}',
]
LIST = [
    'I [want|need|would like] to see [the|all] files [here|of this folder]',
    '[which|what] files do [we|you|I] have [here|]?',
    '[tell me|say] [what is in|what files are in] [this folder|the current directory|the project '
    'folder]',
    'what do we have [here|in this folder]?',
    '[name|enumerate|tell me] [all|the] files [here|in this folder|of this project]',
    'show [the folder|the directory|what is here|what we have here]',
    '[can you see|do you see|are there] [the|any] files here?',
    '[give me|make] a list of [the|all|all the] files [here|]',
    'the names of the files here, please',
    '[list|show|show me|print|give me|display] [the|all|all the|] files [here|in this folder|in '
    'the current directory|in this directory|in this project|that are here|in the current folder|'
    ']',
    '[what|which] files [are|exist] [here|in this folder|in this directory|there|in the current '
    'directory|in this project]?',
    'what is in this [folder|directory|project]?',
    '[list|show] the [current|] [folder|directory|working directory]',
    'ls',
    '[what files|which files] [do you see|can you see|do I have here]?',
    '[list the|say the|what are the] [names of the|] files [here|in this folder]',
]
LIST_FOLDER = [
    '[list|show|show me|print] [the|all|] files in [the folder|the directory|] {p}',
    '[what|which] files are in [the folder|] {p}?',
    'what is in the [folder|directory] {p}?',
    'list [the folder|the directory|] {p}',
]
SEARCH = [
    'I am looking for {w}[: where is it|, which file is it in|]',
    'do any files [contain|mention] {w}?',
    'does {w} [appear|occur] [here|anywhere|in a file]?',
    '[tell me|find out] [where|in which file] {w} is',
    'what file has {w} [in it|]?',
    'which of the files [has|contains|mentions] [the word|] {w}?',
    '[find|show] all [places|lines] with {w}',
    '[see|check] where {w} is [used|written|mentioned]',
    '[search for|find|look for|grep for|locate] [the word|the text|] {w} [in this project|here|'
    'in the files|in this folder|in all files|]',
    '[which|what] [file|files] [contains|contain|mentions|has] [the word|the text|] {w}?',
    'where [is|do you find|does] {w} [used|mentioned|appear|defined|written]?',
    '[search|grep|scan] [the|all|my|] files for [the word|the text|] {w}',
    'in [which|what] file [is|does] {w} [appear|]?',
    '[find|tell me|show] [the file|which file|all files|the files] [that|] [contains|contain|'
    'mentions|with] {w}',
    'is {w} [mentioned|used|written] [anywhere|somewhere] [here|in this project|]?',
]
RUN = [
    'I [want|would like] to [see|know] [the output of|what comes from] {c}',
    'let me see the output of {c}',
    'what happens [if|when] [you|I|we] run {c}?',
    '[give me|get|I need] the output of {c}',
    '[start|do|try] {c}[ and tell me what happens| and show me the output|]',
    'can you [run|execute] {c}[ for me|]?',
    '{c}: [run|execute] [it|this|that] [please|]',
    '[run|execute] {c}[. What does it say?| and tell me what it says|]',
    '[run|execute|call|start|launch] [the command|] {c} [and tell me the output|and show me the '
    'output|and report the output|and tell me what it prints|and report what it says|and show '
    'what it prints|]',
    'what does {c} [print|output|say|return|show]?',
    'what is the output of [the command|running|] {c}?',
    '[use the shell to|in the shell,|in the terminal,|in a shell] [run|execute] {c}',
    '[tell me|show me|report] [the output of|what happens when you run|the result of] {c}',
    '[run|execute] [this|the following]: {c}',
    '[run|execute] {c} [in the shell|in the terminal|in this folder]',
    '[run|execute|use|try|start] {c}[.|,|;] [what|which text] [does it print|comes out|is the '
    'output|does it say|do you get|appears]?',
    '[use|take] the [shell|terminal|command line] for this: {c}',
    '[run|execute|start] {c} and [show|tell|give|report to] me [what comes out|the result|what '
    'you see|the output|what appears|all of it]',
]
CHORES = {
    'mv': [
        '[rename|move] [the file|] {a} to {b}',
        '[rename|move] [the file|] {a} [into|as] {b}',
        'change the name of {a} to {b}',
    ],
    'cp': [
        '[copy|duplicate] [the file|] {a} [to|as|into] {b}',
        'make a copy of {a} [called|named] {b}',
    ],
    'rm': [
        '[delete|remove|erase] [the file|] {a}',
        'get rid of {a}',
        'I do not need {a} any more, [delete|remove] it',
    ],
    'mkdir': [
        '[create|make|add] a [new|] [folder|directory] [called|named|] {a}',
        '[make|create] the [folder|directory] {a}',
    ],
}
JOINS = [
    '. When that is done, ',
    ', and after that ',
    ' and then ',
    ', then ',
    ' and ',
    ', and then ',
    '. Then ',
    '; then ',
    '. After that, ',
    '. Afterwards ',
    '. Next, ',
]
RUN_IT = [
    '[run|execute] it',
    '[run|execute] {p}',
    '[run|execute] the script',
    'run it and [tell me|report|show me] the output',
    'run it with {i}',
]
SCRIPT = [
    '[create|write|make] [a|the|] [script|program|shell script|] [called|named|] {p} that prints '
    '{t}',
    '[write|create] {p} so that it prints {t}',
    'make {p} print {t}',
]
FIND_EDIT = [
    '[search for|find|look for|locate] [the file with|the file that has|] {o} and [replace|'
    'change|swap] it [with|by|to] {n}',
    '[find|search] [the|which] file [with|containing] {o}[,| and] then [set|turn|make|change] it '
    '[to|into] {n}',
    'somewhere [here|in this project] [it says|stands] {o}: [change|replace] it [to|with] {n}',
]
FIND_READ = [
    '[find|search for|locate] the file [that contains|with|containing] {o} and [read|show|print|'
    'open] [it|that file]',
    '[look|search] for {o}, then [show|read|print] [that file|the file where it is]',
]
COPY = [
    '[see|look|check] what [is in|stands in|] {a} [says|] and [write|put|save] [the same|it|that] '
    '[into|to|in] [a new file|a file called|the file|] {b}',
    '[make|create] [a new file|the file|] {b} with [the same content as|what is in|the text of|'
    'the lines of] {a}',
    '[put|write|save|copy] the [content|text|contents] of {a} [into|to] [a new file|the file|] '
    '{b}',
    '[read|open|look at] {a} [and|, then] [write|save|put] [the same|its text|its content|what '
    'it says] [into|to|in] {b}',
    '{b} should [have|get] the same [text|content] as {a}',
]
MOVE_IT = ['[rename|move] [it|{a}] to {b}']
FACT = ['[The|Our|My|the] {k} [is|of today is|was|:|is now|has the value] {v}[.|]', '{k}: {v}']
VALUE = [
    '[read|find|look up|get|take] the {k} [in|from] {a} and '
    '[write|save|put|store] it [to|into|in] {b}',
    '[write|save|put|copy] the [value of the|] {k} [of|from|in] {a} '
    '[into|to] [a new file|the file|] {b}',
    'find the {k} in {a}, then create {b} with [only|just|] that value',
]
EMPTY = [
    '[create|make|add|set up] [an empty file|a new empty file|the empty file|a blank file] [called|'
    'named|] {p}',
    '[create|make|add] {p}[, empty| as an empty file| without any content| with no content| with no '
    'text in it| but leave it empty]',
    'touch {p}',
    '[I|we] need [an empty file|a file without content] [called|named|] {p}',
    '{p} should exist [and be empty|but hold nothing|without any text]',
    'there should be an empty [file|] {p}[ here|]',
    '[create|start] the file {p}[. It stays empty| and write nothing into it|; nothing goes in it]',
    'an empty {p}[, please|]',
]
LIST_ENDING = [
    '[list|show|show me|print|name] [the|all|all the|only the] [{e} files|files ending in {e}|files '
    'with the ending {e}|files that end in {e}] [here|in this folder|]',
    '[which|what] {e} files [are there|do we have|are here|can you see]?',
    '[are there|do we have] [any|] files [ending in|with the extension] {e}[ here|]?',
    'I [only|just] [need|want] the {e} files[, list them|: which are there|]',
    '[every|each] file [whose name ends in|ending in] {e}[, please|: name it|, list it]',
    '[list|find|give me] [everything|all files] [that ends in|ending in|with] {e}',
    'the names of [all|the] {e} files[, please| here|]',
    '[files|names] [ending in|with extension] {e}?',
]
RUN_SCRIPT = [
    '[run|execute|start|launch|call] [the script|the program|the file|] {p}',
    '[run|execute|start] {p} and [tell me what it prints|show me the output|report what it says]',
    'what does [the script|] {p} [print|say|output|do when it runs]?',
    '[there is|you will find|we have] a script [called|named|] {p}[. Run it|; run it|, execute it]'
    '[ and tell me the output| and show what it prints|]',
    'let us see what [the script|] {p} [prints|says|outputs]',
    '[the output of|what comes out of] {p}[, please| is what I need|?]',
    '{p}: [run|execute] [it|this script] [and show the output|]',
    'can you [run|execute|try] {p}[ for me|][ and show me what comes out|]?',
    '[give|try] {p} a [run|go][ and tell me the output| and show the result|]',
    'use the shell to [run|start] {p}',
]
PAIR = [
    '[create|make|write|add|set up] [two files|two new files|these two files|both of these files]: {p} '
    '[with the text|containing|with|saying|that says] {t} and {p2} [with the text|containing|with|saying|'
    'that says] {t2}',
    '[I need|we need|there should be] two [new|] files: {p} [with|containing|saying] {t} and {p2} '
    '[with|containing|saying] {t2}',
    '[create|make|write] {p} [with|containing|saying] {t} and {p2} [with|containing|saying] {t2}',
    '[put|write|save] {t} [into|in|to] {p} and {t2} [into|in|to] {p2}',
    '[create|make] [two|] files {p} and {p2}[. The first|; the first] [says|contains|has] {t}, the second '
    '[says|contains|has] {t2}',
    'two [new|] files, please: {p} ({t}) and {p2} ({t2})',
    '{p}: {t}\n{p2}: {t2}\n[create|write|make] [both|both files|these two files]',
]
THEN_COUNT = [
    '[count|tell me] [its lines|the lines|how many lines it has]',
    'how many lines does it have [now|then|]?',
    '[tell|show] me the number of [its|] lines',
    'report [its|the] line count',
]
THEN_LINE = [
    '[tell|show] me [its|the] {w} line',
    '[print|report|show] the {w} line',
    'what is its {w} line [now|then|]?',
]

add_voices(globals())
