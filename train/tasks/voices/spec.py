"""Requests as people word them who write tasks for agents: trackers, checklists, benchmarks."""

CREATE = [
    'The file {p} must exist and contain [exactly|only|nothing but|precisely|just] {t}',
    '[ensure|make sure|see to it|verify] that [a|the] [file|text file] {p} [exists|is present] '
    'and [contains|holds|consists of] [exactly|only|nothing but|just] [the line |the text |]{t}',
    '[Your goal|Goal|Your task|The task|Objective|Task]: [produce|create|write|provide] [a '
    'file|] {p} whose [only|single|sole] [line|content] is {t}',
    'File: {p}\n[Content|Contents|Text|Expected content|Body]: {t}\n[Create it|Please create '
    'it|Write it|This file has to be created]',
    '[Path|Filename|Name|Target|Output file]: {p}. [Content|Text|Single line|Exact content]: {t}',
    'Content: {t}\nFile: {p}\n[Create|Write] the file [from this|as given here|accordingly]',
    '{t}\n\n[The above line|The line above|This line|That text] [must|should|has to] be the '
    '[whole|entire|complete|full] content of [a new file|the new file|] {p}',
    '[Postcondition|After your work|When you are finished|When you are done|Success '
    'criterion|At the end|Done when]: [the file |]{p} exists and its [content|text|only line] '
    'is {t}',
    '{t} - [exactly this|this exact text|this and nothing else] - [is to be|must be|has to be] '
    '[written to|stored in|saved as|placed in] [the file|a new file|] {p}',
    '[create|write|produce|provide|generate] {p}. [Requirement|Condition|Spec|Constraint]: it '
    '[must contain|contains|has to hold] [a single line|one line|exactly one line], '
    '[namely|which is|as follows:] {t}',
    '[produce|deliver|create|emit] an output file {p} [consisting of|made up of|with] [a '
    'single|one|exactly one] line: {t}',
    '1. Create [the file|a file|an empty file] {p}\n2. [Write|Put|Place] into it '
    '[exactly|only|just|] [the line|the text|this:] {t}',
    'Step 1: [create|make] {p}. Step 2: [its content must be|fill it with|write in it] [exactly '
    '|]{t}',
    'Expected: [a file|file|a new file] {p} [with|containing] [the single line|exactly the '
    'text|one line,] {t}',
    '{p} does not exist yet[. Create it| - create it|; create it], [with exactly|with only|and '
    'its content shall be] {t}',
    '{p} [is missing|is not there yet]. [Add|Create|Supply|Provide] it with [this|the '
    'following] [content|line|text]: {t}',
    '[A|The] check [looks for|expects|will look for|wants] a file {p} with the [exact|literal] '
    '[content|text] {t}[ - create it| - please provide it|\nCreate this file]',
    '[The text|The string|The line|The literal] {t} [shall|must|has to] be [stored in|saved '
    'to|found in|the only content of] a [new|] file [named|called|with the name] {p}',
    '[without any extra text|without quotes or extra text|verbatim|exactly as given|without '
    'adding anything], [write|save|store|put] the line {t} [in|into] [the new file|a file '
    'named|the file|] {p}',
    '[use|take] the line {t} as the [complete|whole|only|entire] content [of|for] [the new '
    'file|a new file|] {p}',
    '[given|for] the text {t}[,|:] [create|produce|write] a file [named|called|] {p} [that '
    'holds exactly this text|with it and nothing else|that contains only this]',
    '[create|write] {p} ([content|one line|exact text]: {t})',
    '[create|make|write] [a|one|] file. [Name|Its name|File name]: {p}[,|;] [content|text|its '
    'text]: {t}',
    '[File|Deliverable|Artifact|Output] [to create|wanted|required|needed]: {p}, [content|with '
    'this text|with the single line|exact content] {t}',
    '[Acceptance criteria|Requirements|Criteria|Checklist]:\n- [file|a file] {p} exists\n- it '
    '[contains|consists of] [exactly|only|] [the line|the text|] {t}',
    '- create {p}\n- [content|text|line]: {t}',
    '[TODO|Todo|todo|Open item|Ticket|Issue]: [create|add|write] {p} - [it must say|content|it '
    'has to read|one line]: {t}',
    '{p} must [read|say|contain] [exactly|literally|word for word|precisely] {t}\n[Create it|It '
    'does not exist yet|Nothing else goes into it]',
    '{p}\n---\n{t}\n---\n[create this file|write this file|this is the file to create]',
    '{p} <- {t} ([new file|a new file, nothing else in it|to be created])',
    '[for the exercise|for this step|for the test|for the first task|for the tutorial] we need '
    '{p} [with|containing] [exactly|only|just] {t}',
    '[in this exercise you|for this task, you|you] [have to|must|are to|will] [create|write] '
    '[the file|a file|] {p} [which contains|containing|that holds] [only|exactly|just|] {t}',
    '[the grader|our checker|the next step|a script of ours|the reviewer] reads {p} and expects '
    '[to find|] {t} [in it|there][ - write that file|; create that file|, so create it]',
    '[output|emit|write out] {t} [not to the screen but to|to] [a file called|the file|a new '
    'file,] {p}',
    '[the following text goes to|this goes to|text for] [a new file|the new file|] {p} '
    '([nothing else|exactly as it is|one line|verbatim]): {t}',
    '[create|write] the one-line file {p}[:| -| with the line|; the line is] {t}',
    '[set up|prepare|provide] the [fixture|sample file|test file|input file|example file] {p}[. '
    'Its content is| with the content|; its single line reads| and have it contain] {t}',
    'There [must|has to|shall] be [a file|one file] [named|with the name|called] {p}, and '
    '[inside|in it] [only the line|nothing but|exactly|just] {t}',
    '[After this|Afterwards|In the end|As a result], reading {p} [must|should|has to] '
    '[give|yield|return] [exactly|only|just] {t}[\nThe file is new|\nCreate the file|]',
    '[save|record|store] [exactly|only|just] {t} - [the file name is|the file to use is|under '
    'the name|file:] {p}',
    '[name the file|the file name must be|call the file|file name:] {p}, [make its content|the '
    'content is|and write in it] {t}',
    '[it is required that|the requirement is that|the rule is:] [a file|the file|] {p} '
    '[exists|is created] with the content {t}',
    '[create|write] [exactly one|one|a single] file, {p}, [which must contain|containing|with '
    'the content] {t}',
]

CREATE_LONG = [
    'The file {p} must [exist and|] contain [exactly|precisely|only] the following '
    '[lines|text|content]:\n{b}',
    '[ensure|make sure] that {p} [exists and|is created and] [consists of|contains|has] '
    '[exactly|only|] [these|the following|the] lines[ below|]:\n[|\n]{b}',
    '[Your goal|Goal|Task|Your task]: [create|produce|write] {p} [such that|so that] its '
    'content is [exactly|precisely|] [this|the following|the text below]:\n[|\n]{b}',
    'File: {p}\n[Content|Contents|Text|Body]:\n{b}',
    '[Expected|Required|Desired|Wanted] content of [the new file|] {p} ([nothing '
    'else|verbatim|line by line|create it]):\n[|\n]{b}',
    '1. Create [the file |]{p}\n2. [Write|Put|Paste] [these lines|the following|this text] into '
    'it [unchanged|exactly as they stand|verbatim|]:\n{b}',
    '[Postcondition|When you are done|At the end|Done when]: {p} [reads|contains|consists of] '
    '[exactly|]:\n{b}',
    '[without changing anything|verbatim|unchanged|exactly as it is], [store|write|save] the '
    '[following|] [block|text] [in|as|to] {p}:\n[|\n]{b}',
    '{p} does not exist yet. [Create|Add|Provide] it with [exactly|] [the following|this] '
    '[content|text]:\n{b}',
    '[the text below|what follows|everything below this line|the block below] is the '
    '[complete|whole|entire|full] content of [the new file|a file to be created,|] {p}. [Write '
    'it|Create the file|Create it]:\n[|\n]{b}',
    '[for the exercise|for this step|for the test|for the tutorial] [prepare|set up|we '
    'need|provide] {p} with [these|the following] [lines|contents], [nothing else|no more, no '
    'less|in this order]:\n{b}',
    '[produce|generate|emit] an output file [named|called|] {p}. It [must be|is|has to be] '
    '[identical to|the same as] [the following|this text]:\n[|\n]{b}',
    '[Acceptance criterion|Requirement|Criterion]: a file {p} with [exactly|] [this text|these '
    'contents|the lines below]\n\n{b}',
    '[create a file from|make a file of] the [text|lines] below[. Name|; name|, file name]: '
    '{p}\n\n{b}',
]

APPEND = [
    '[update|change|modify|edit|extend] {p} [such that|so that|in such a way that] its '
    '[last|final] line [is|reads] {t}[ and the lines before it stay as they are|, all earlier '
    'lines unchanged|, keeping all the rest|]',
    '[without changing anything else|without touching the other lines|keeping the existing '
    'lines|leaving everything else as it is], [append|add] [the line|a line|] {t} [to|at the '
    'end of] {p}',
    '[ensure|make sure|see to it] that {p} [ends with|has as its last line|closes with] [an '
    'additional|a new|one additional] line[,|:] {t}',
    'File: {p}\n[Action|Operation|Change]: append [a line|one line]\n[Line|Text|Content]: {t}',
    '[Line|Text|Entry] to [append|add at the end]: {t}\n[File|Target|To]: {p}',
    '[Your goal|Goal|Task|Your task|TODO]: [add|append] [exactly one|one|a single] line to [the '
    'end of |]{p}, [namely|which is|this one:] {t}',
    '{p} must [get|receive|be extended by] [exactly one|one|a single] [new|additional|further] '
    'line at its end[:| -|, namely] {t}',
    '{t} - [this line|exactly this line|this text] must be [appended to|added at the end '
    'of|added to the bottom of] {p}',
    '{t}\n\n[Append|Add] [the line above|the above line|this line] to [the end of |]{p}',
    '[Postcondition|Afterwards|When you are done|Done when]: [the old lines of |all old lines '
    'of |the text of ]{p} [unchanged|as before], followed by [the new line|a new line|one more '
    'line] {t}',
    '1. Open {p}\n2. Go to [the end|the end of the file|the bottom]\n3. [Add|Write|Insert] the '
    'line {t}',
    '[open|edit|take] {p}. [After|Below|Under] its [present|current|existing] [last|final] '
    'line[,|] [write|add|put] [exactly|] {t}',
    '[do not overwrite|do not replace|keep] [the file|the content of|what is in] {p}[;| -|,] '
    '[append|only append|just append] {t}',
    '[add to|append to] {p}[, nothing else changed:| (existing lines stay):| - one line:|, at '
    'the very end:] {t}',
    '[extend|supplement|complete] {p} [with|by] [exactly one|a single|one final|one closing] '
    'line [that reads|reading|which says] {t}',
    '[the existing|the present|the current] [content|text] of {p} stays[;|,] [add|append|put] '
    '[the line|] {t} [after it|below it|behind it]',
    '[the line|the text|the entry] {t} [must|shall|has to|is to] [follow|come after|be placed '
    'after] the [last|final] line of {p}',
    '{p}: [append|add at the end|one more line at the end|new last line]: {t}',
    '{p} += {t} ([a new last line|as a new line|appended as one line])',
    '{p} is [incomplete|not complete yet|almost done]: [append|add] [the last line|the line] {t}',
    '{p} >> [add the line|append the line|append] {t}',
    '[the check|the test|our checker|the grader] expects {t} as the [last|final] line of {p}[ - '
    'append it|; add it there|, so add it at the end]',
    '[given|in] the [existing|] file {p}, [append|add] [one line|a line|a single line] [at the '
    'end|to the end] [with the text|saying|containing] {t}',
    '[take|use] the line {t} and [append|attach] it[, unchanged,|] to [the file |]{p}',
    '[Change request|Requirement|Step|Checklist item|Open point]: {p} [gets|needs] [an extra|an '
    'additional] last line, [text|content|it says]: {t}',
    '[append|add] [exactly|precisely|only] [one line|this|the following] to {p}[, leaving the '
    'rest alone|, without touching the rest|]: {t}',
    '[append|add] (do not [overwrite|insert at the top|replace]!) {t} [to|at the end of] {p}',
    '[more text|one more entry|one more item] for {p}, [to go|which goes] [to the very end|at '
    'the very end|after all the others]: {t}',
    '[the file|file|our file] {p} [already exists|is there already|exists]. [Append|Add] [to '
    'it|at its end] [the single line|the line|a line,] {t}',
    '[leave|keep] all lines of {p} [as they are|unchanged|untouched] and [add|append|write] '
    '[one after them|a new one at the end|one at the end]: {t}',
    '[with|after] this step {p} [must|should] be one line longer[:| -] [its new last line '
    'is|the line at the end being|add at the end] {t}',
    '[as the new|as a new|as an extra] [last|final|closing] line of {p}[,|] [add|write|append] '
    '{t}',
]

READ = [
    '[report|state|return|reproduce] the [full|complete|entire|exact|whole] '
    '[content|contents|text] of {p}',
    '[print|output|return|show] only the [content|contents|text] of {p}[, nothing else|, no '
    'comments|, no explanation|]',
    '[Your goal|Goal|Task|Your task|The task]: [report|find out|state|output] what [the file '
    '|]{p} [contains|says]',
    '[without changing anything|without modifying it|changing nothing], '
    '[show|print|output|report] [what is in|the content of] {p}',
    'File: {p}\n[Action|Operation|Task]: [read|print|show|display][ it|]',
    '[open|inspect|view] {p}. [Report|State|Output|Print] [its content|its text|its '
    'contents|everything in it] [verbatim|unchanged|exactly|]',
    '[Question|Q]: what [does the file {p} contain|is the text of {p}|does {p} hold]?',
    '{p} - [report its content|print it|what is in there|content please|output the text]',
    '{p} [exists already|is already there|already exists][. Print|; print|. Report|; show] '
    '[what it contains|its content|its lines]',
    '[read|inspect|examine] {p} and [give|return|state|list] [its lines|its text|all its '
    'lines|the exact text][ as the answer|]',
    '[do not edit|do not change|do not touch] {p}; [just|only] [read it|show it|print it|report '
    'its content]',
    '[the answer|your answer|the reply|your reply] [must|should|is to] [be|consist of|contain] '
    'the [content|contents|text] of {p}',
    '1. Open {p}\n2. [Report|Print|Tell me|State] [its content|what it says|what it contains]',
    '[determine|establish|check] what {p} [contains|says] and [report|state] it[ word for word| '
    'literally| unchanged|]',
    '[quote|reproduce|repeat|echo back] [the file |the text in |]{p} [word for '
    'word|verbatim|line by line|in full]',
    '[answer with|reply with|respond with] the [content|text|contents] of [the file|] {p}[ '
    'only|]',
    '[Expected output|Wanted|Output wanted|Required output]: the [contents|lines|text] of {p}',
    '[Step 1|First step|Before anything else|To begin with]: [read|display|show] {p}',
    '[for the next step|for the exercise|for the report|for this step] we need [to know|to see] '
    'what {p} [contains|says]',
    '[make|have] the [content|text] of {p} [visible|appear] [here|in your reply|in the answer]',
    '[which|what] [lines|contents] does [the file|] {p} [consist of|have at the '
    'moment|currently contain]?',
    '[view|dump|type out] {p}[, all of it|, completely|, from top to bottom|]',
    '[the current|the present|the actual] [content|text] of {p} is [needed|wanted|to be '
    'reported][: print it|; show it|]',
    '[verify|check] [by reading it|by opening it] what {p} [contains|says], then [report|print] '
    'it',
    '[given|for] the file {p}[,|:] [output|print|report] [its contents|every line|its text]',
    '[TODO|todo|Item 1|Checklist]: [read|look over|view] {p} and [report|post|state] [its '
    'content|the text]',
    '[return|deliver|provide|supply] what is [written|stored|recorded] in {p}[, unchanged| and '
    'nothing more|]',
    'in {p} [there is|you will find] some text[. Report it|. Print it|; print it|; report it] '
    '[exactly|as it is|]',
    '[contents|content|full text] of {p}[?|, please| wanted| - print it]',
    '[use|call] [a tool|the shell|cat] [to|and] [print|show|display] {p}[, then report the '
    'text|]',
    '[read|print] the [whole|entire|complete] [file|text file] {p}[ and stop|; do nothing else|]',
]

BACK = [
    '[verify|check] [it|the result|the file] by [printing|reading|showing] [it|the file|its '
    'content]',
    '[report|state|output] the [final|resulting|complete|exact] content[ of the file| of {p}|]',
    '[print|show|output] the [whole|entire|final|finished] file[, nothing else|]',
    '[confirm|prove] [the change|the result|it] by [showing|printing] [the file|{p}|its content]',
    '[return|answer with|reply with] [its content|the content of the file|what it now contains]',
    '[open it|open the file|open {p}] and [report|print|show] [every line|its text|the text]',
    '[read|inspect|view] {p} [again|once more|to verify] and [report|show] [it|its text]',
    '[your answer must|the answer must|your reply should] [contain|be] [the content of the '
    'file|its content|the text of {p}]',
    '[as proof|for verification|as a check], [print|show|read] [it|the file|{p}]',
    '[quote|reproduce|repeat] [its text|the text of the file|the file] [verbatim|word for '
    'word|in full|]',
    '[report|tell me] what [the file|it|{p}] [contains|says] [now|at the end|after that]',
    '[print|output] [only|just] [its content|the content of {p}|the text of the file]',
    '[cat|display|view] [it|the file|{p}] [so that I can check it|to confirm|for the record|]',
    '[show|print] [that|this] file[, all lines|, unchanged|]',
    'what does [it|the file|{p}] [contain|say] now?',
    '[give|provide|post] the [text|content] of [the file|{p}] [as your answer|here|]',
]

REPLACE = [
    '[update|change|modify|edit|revise] {p} [such that|in such a way that] {o} '
    '[reads|is|becomes] {n}[ and nothing else changes|, everything else unchanged|, the rest '
    'staying the same|]',
    '[without changing anything else|without touching anything else|leaving the rest as it '
    'is|keeping the rest], [replace|overwrite|exchange] {o} with {n} in {p}',
    'File: {p}\n[Old|Find|Before|Old text|Search]: {o}\n[New|Replace with|After|New '
    'text|Replacement]: {n}',
    '[Old|From]: {o}, [new|to]: {n}, [file|in file]: {p}',
    '[ensure|make sure|see to it] that {p} [contains|says|has] {n} [where it now has|where it '
    'now says|in place of|instead of|rather than] {o}',
    '[Your goal|Goal|Task|Your task|Objective]: [in {p}|in the file {p}], [replace|substitute] '
    '{o} [with|by] {n}',
    '{p} must [no longer|not] [contain|say|mention] {o}[;|,] [in its place it must say|it must '
    'say instead|but] {n}',
    '[after your edit|afterwards|when you are done|at the end], {p} [must have|has|should have] '
    '{n} [where|in the place where] {o} was',
    '[Postcondition|Done when|Success criterion]: in {p} {o} [has been replaced by|has given '
    'way to|was changed to] {n}',
    '{o} -> {n} in {p}[ (nothing else)| (only that)| (leave the rest)|, nothing else|]',
    '{p}: {o} -> {n}',
    '{p}: s/old/new/ with old = {o} and new = {n}',
    '{n} [must|has to|shall] [take the place of|stand in place of|replace] {o} in {p}',
    '{n} is the [correct|right|new|proper] [text|wording][, not|; the old one is] {o} - '
    '[correct|update|fix] {p}',
    '1. Open {p}\n2. [Find|Locate|Look for] {o}\n3. [Replace it with|Change it to|Overwrite it '
    'with] {n}[\n4. Save|\n4. Save the file|]',
    '[open|edit] {p}. [Locate|Find|Look for] {o}[ there|] and [overwrite it with|exchange it '
    'for|put in its place] {n}',
    'in {p}[,|] [locate|find] [the text|the string|the expression|] {o}[;| -] [the new text '
    'is|its replacement is|change it into|overwrite it with] {n}',
    '[the string|the text|the expression|the value] {o} [which occurs|which appears|that '
    'stands] in {p} [is to be|must be|shall be] [replaced by|changed to|exchanged for] {n}',
    '[wording change|text change|correction|edit] [for|in] {p}: [from {o} to {n}|old {o}, new '
    '{n}|{o} becomes {n}|{n} for {o}]',
    '[Expected|Required]: {n}. [Actual|Found]: {o}. [File|Where]: {p}. [Fix it|Correct '
    'this|Make it match]',
    '[the check|the test|the reviewer|our checker] expects {n} in {p}, [but it has|but it '
    'says|not] {o}[ - fix it|; correct that|. Change it]',
    '[Issue|Bug|Problem|Ticket]: {p} [says|contains] {o} [but must say|but should say|where it '
    'should say] {n}[, fix that|]',
    '[substitute|put] {n} for {o} in {p}[, nothing else|, only there|, leave the rest|]',
    '[apply|make|carry out] [one edit|a single edit|exactly one change] [to|in] {p}: {o} '
    '[becomes|turns into|is replaced by] {n}',
    '[only|exactly] one thing [is to change|changes|must change] in {p}: {o} [becomes|turns '
    'into|is now] {n}',
    '[use|apply] [search and replace|find and replace] [on|in] {p}: [find|search] {o}, [replace '
    'with|replacement] {n}',
    '[given|for] the file {p}, [exchange|replace] [the text|the string|] {o} [by|with] [the '
    'text|the string|] {n}',
    '[we do not write|nobody writes|we will not write] {o} any more[, it is|, the term is|; we '
    'write] {n} - [adapt|update|change] {p} [accordingly|that way]',
    '{o} is [outdated|obsolete|a mistake|not allowed] in {p}[:|;] [the required text is|use|it '
    'must read] {n}',
    '[modify|edit] {p} [in place|in one place]: [replace {o} with|change {o} to|turn {o} into] '
    '{n}[ and keep all other text| and save|]',
    '[overwrite|exchange] {o} in {p} with {n}[; do not touch other lines|, all else stays|]',
    '[remove|strike|drop] {o} from {p} and [insert|write|put] {n} [at the same place|at that '
    'position|where it was]',
    '[everywhere|at each place where|wherever] {o} [occurs|appears] in {p}[,|] [there must '
    'be|write|put] {n}[ instead|]',
    '[the term|the phrase|the wording|the text] {o} [in|of] {p} [gets|receives|is given] a new '
    '[form|wording]: {n}',
    '[rewrite|adjust|adapt] {p} so that {n} [stands in for|replaces|comes in place of] {o}[ and '
    'all other text is kept|]',
    '[Change request|TODO|Checklist item|Step]: [replace|exchange] {o} [by|with] {n}. '
    '[File|Affected file|Where]: {p}',
    'once you have edited {p}, it [must|should] [say|contain|have] {n}, [not|and no longer] {o}',
]

KEY = [
    '[Report|State|Return|Determine|Give] the value of {k} [in|from|as given in|according to] '
    '{p}',
    '[Print|Output|Return|Report] only the {k} [from|given in|found in|set in] {p}[, nothing '
    'else|, no other text|]',
    '[Your goal|Goal|Task|Your task|Objective]: [determine|report|find] the {k} [that is '
    'set|defined|recorded|stated] in {p}',
    'File: {p}\n[Question|Wanted|Find|Report|Key]: [the |]{k}',
    '[Question|Q|Quiz]: what is the {k} [according to|stated in|recorded in] {p}?',
    '{p} [defines|states|gives|sets|records] [a|the] {k}. [Report it|Report its value|What is '
    'it?|State the value|Print it]',
    '[without changing anything|without editing it|changing nothing in the file|read only:], '
    '[report|tell me|print] the {k} [in|from] {p}',
    '[Your answer|The answer|The reply] [must be|is|should be] the [value of the|value of|] {k} '
    '[in|from|given in] {p}',
    '[inspect|consult|examine|search] {p} and [state|return|report|output] the [value of|] {k}',
    '1. Open {p}\n2. [Find|Locate] [the |]{k}\n3. [Report|Print|Tell me] [its value|the value]',
    '[extract|pull|get|fetch] the [value|setting] [of|for] {k} [out of|from] {p}',
    '[locate|find] [the |]{k} in {p}[;| -] [report|print|return] [its value|the value|only the '
    'value]',
    '{k} in {p} - [value?|what value?|report the value|which value is it?]',
    '{p}, {k} - [what is the value?|report the value|value wanted|which value?]',
    '{p} -> {k} [?|= ?]',
    '[which|what] value [does {p} assign to|is assigned in {p} to|does {p} give for|is recorded '
    'in {p} for] [the |]{k}?',
    '[the value of|what is wanted is|we need] [the |]{k}[, to be read from|, which stands in|, '
    'to be found in|, as written in] {p}',
    '[for the next step|for the exercise|for the report|for the form] [I need|we need|you need] '
    'the {k}[. It is in|; it is in|, which is in|, see] {p}',
    '[there is|you will find] [a|one] {k} in {p}[. Report|. State|; report|; print] [its '
    'value|it|what it is]',
    '[answer|reply|respond] with the {k} [found in|from|in] {p}[ only|, nothing more|]',
    '[check|verify|confirm] [which|what] {k} [is set|is given|stands] in {p}[ and report it|]',
    '[complete|finish|fill in] [the sentence|this]: the {k} in {p} is ___',
    '[look up|read off] [the |]{k} ([file|source|it is in]: {p})',
    '[use|take|read] {p} to [answer|find out]: what is the {k}?',
    '[Expected output|Output|Required answer|Wanted]: the [value of|value of the] {k} [in|from] '
    '{p}',
    'what [did they|does one|did someone] [set|choose|put] as [the |]{k} in {p}?',
    '[The task is|This task is|The exercise is] to [find|read|report] the {k} in {p}',
    '[to what|to which value] is [the |]{k} set in {p}?',
    '[given|for] the file {p}[,|:] [report|state|what is] the {k}',
    '[TODO|todo|Item|Step 1]: [read|look up|note] the {k} from {p} and [report|post|tell me] it',
    '[the only thing|all|the one thing] [I need|to report|wanted] from {p} is the {k}',
    '[say|state] in one line [what|which] {k} {p} [has|gives|contains]',
]

LINE = [
    '[Report|State|Return|Quote|Reproduce] the {w} line of {p}[ verbatim| exactly| only|]',
    '[Print|Output|Show] only the {w} line [of|from|in] {p}[, nothing else|, no other line|]',
    '[Your goal|Goal|Task|Your task]: [report|find|determine] [what the {w} line of {p} '
    'says|the {w} line of {p}]',
    'File: {p}\n[Wanted|Report|Output|Print]: [the |]{w} line',
    '[Question|Q]: what [is|does one read in] the {w} line of {p}?',
    '{p} has several lines[. Report|; report|. Print|; print] [only |]the {w} one',
    '{p} - [the |]{w} line[, please|?| only]',
    '[without changing anything|changing nothing], [report|print|show] the {w} line of {p}',
    '[your answer|the answer|your reply] [must be|is|should be] the {w} line [of|in] {p}',
    '[from|out of|of] {p}[,|] [extract|take|return|print] the {w} line[ and only that|]',
    '1. Open {p}\n2. [Report|Print|Quote] [its|the] {w} line',
    '[extract|fetch|get|copy out] the {w} line of {p} [and report it|and print it|for me|]',
    '[what text stands|what stands|which words stand] in the {w} line of [the file |]{p}?',
    '[answer|reply] with [just|only] the {w} line of {p}',
    '[I only need|we only need|only needed is] the {w} line of {p}[, not the others|]',
]

COUNT = [
    '[Report|State|Return|Determine|Give] the number of lines [in|of] [the file |]{p}',
    '[Print|Output|Return] only [the|one number: the] number of lines [in|of] {p}',
    '[Your goal|Goal|Task|Your task]: [find out|determine|report] how many lines {p} '
    '[has|contains]',
    'File: {p}\n[Wanted|Report|Output|Find]: [the |]number of lines',
    '[Question|Q]: how many lines does {p} [contain|consist of|have]?',
    '{p} - [how many lines|number of lines|line count]?',
    '[line count|number of lines] [of|for] {p}[?| wanted|, please]',
    '[without changing anything|without editing it], count the lines [of|in] {p}',
    '[your answer|the answer|your reply] [must be|is|should be] [the number of lines in|the '
    'line count of] {p}',
    '1. Open {p}\n2. Count [its|the] lines\n3. [Report|Print] the [number|result|count]',
    '[determine|compute|establish] the [length|size] of {p} in lines',
    '{p} [consists of|contains|has] some lines[. Count them|. How many are there?|; count '
    'them|; report how many]',
    'of how many lines does {p} [consist|consist at the moment]?',
    '[answer|reply] with [a single number|one number|just a number]: how many lines are in {p}?',
    '[how long is|what is the length of] {p}, [counted in lines|measured in lines|in lines]?',
]

SET = [
    '[Update|Modify|Edit|Adjust] {p} [such that|in such a way that] [the |]{k} [is|equals|has '
    'the value] {n}[ and nothing else changes|, everything else unchanged|]',
    '[without changing anything else|leaving all other settings alone|keeping the other lines], '
    '[set|change] [the |]{k} in {p} to {n}',
    '[ensure|make sure|see to it|guarantee] that [the |]{k} in {p} [is|equals|has the value|is '
    'set to] {n}',
    'File: {p}\n[Key|Setting|Field|Entry]: {k}\n[New value|Value|Set to|Change to]: {n}',
    '[Your goal|Goal|Task|Your task|Objective]: [the |]{k} in {p} [must be|has to be|should '
    'equal] {n}',
    '{p} must [set|have|list|give] [the |]{k} as {n}[, not its old value|]',
    '{p}: {k} -> {n}',
    '{k} := {n} ([in|file] {p})',
    '{n} [must|has to|shall|should] be the [new value|value] of {k} in {p}',
    '{n} is the [new|correct|right|agreed] {k}[;|:|,] [update|adjust|correct] {p}',
    '[Postcondition|Done when|Success criterion|Afterwards]: {p} has [the |]{k} {n}',
    '1. Open {p}\n2. [Find|Locate] [the |]{k}\n3. [Set|Change] [it|its value] to {n}[\n4. Save|]',
    '[open|edit] {p}. [Give|Assign] [the |]{k} the [new|] value {n}',
    '[assign|write|enter] {n} [to|as the value of|as] [the |]{k} in {p}',
    '[the value of|the setting|the entry|the field] {k} in {p} [must|has to|is to] [become|be '
    'changed to|be] {n}[, the others stay|]',
    '[Expected|Required] {k} in {p}: {n}. [Set it|Change it|Fix it|Make it so]',
    '[Change request|TODO|Checklist item|Step|Ticket]: [change|set] {k} to {n}. '
    '[File|Where|In]: {p}',
    '[the check|the test|our checker|the next step] expects [the |]{k} in {p} to be {n}[ - set '
    'it|; change it|, so change it]',
    '[the |]{k} is wrong in {p}[: it must be|, it has to be|; the right value is] {n}',
    '[make|apply|carry out] exactly one [edit|change] [in|to] {p}: [the |]{k} [becomes|is '
    'now|is set to] {n}',
    '[overwrite|replace|exchange] the [current|old|present] value of {k} in {p} [with|by] {n}',
    'in {p}[,|] the [entry|value|setting] [for|of] {k} [must|should|has to] [be|become|read] {n}',
    '[given|for] the file {p}[,|:] [change|set] the value [of|for] {k} to {n}',
    '[only|just] the {k} [changes|is to change|must change] in {p}[: it is now|; the new value '
    'is|, to] {n}',
]

LIST = [
    '[report|state|return|output] the names of [all|the] files [in|of] the [current|working] '
    '[directory|folder]',
    '[print|output|return] only the [file names|names of the files][, nothing else|, one per '
    'line|]',
    '[your goal is to|your task is to|the task is to] [list|report|determine] [all|the] files '
    '[in this folder|in the current directory|that are here]',
    'Question: [which|what] files [does this folder contain|are there in the working '
    'directory|does the project have]?',
    '[without opening|without reading|without changing] any of them, [list|name|report] the '
    'files [here|in this folder|]',
    '[determine|find out|check|establish] [which|what] files [exist here|are present|this '
    'folder contains|the current directory holds]',
    '[your answer must be|the answer is|reply with|answer with] the list of files [here|in this '
    'directory|in the working directory]',
    '[provide|deliver|supply|produce] [a|the] [complete|full|] [listing|file list] of [this '
    'folder|the current directory|the working directory]',
    '[inspect|examine|look at] the [current|working] directory and [report|state|list] [its '
    'files|the files in it|what it contains]',
    '[for the next step|for the exercise|for the report] we need the [names of the files '
    'here|file list of this folder|list of files]',
    '[step 1|first step|to begin with]: [list|show] the [files|contents] [of this folder|of the '
    'current directory|here]',
    '[contents|listing|file list] of [this folder|the current directory|the working '
    'directory][?|, please|]',
    '[there are|we have] some files [here|in this folder]. [Name them|List them|Report their '
    'names]',
    '[do not open anything|change nothing], [just|only] [list|name] the files[ here| in this '
    'folder|]',
    '[use|run] ls [to list the files|and report the names|and tell me the file names]',
    '[file names in|names of all files in|everything in] [this directory|the current '
    'folder|this project], [as a list|please|nothing more]',
    '[how is this folder filled|what does this folder hold|what does the current folder '
    'contain]: which files?',
    'which file names [appear|do you get|turn up] when you list [this folder|the directory|the '
    'current directory]?',
    '[verify|check] what is [in the working directory|in the current folder|present here] and '
    '[report|list] [the names|the files]',
    '[name|state|enumerate] every file [here|in the working directory|of the current folder]',
    '[give|post|write] the directory listing[ here| as your answer|]',
    '[show|report] the [state|contents] of the [working directory|current folder|project folder]',
    '[I need|wanted:|required:] [an overview of|all names of] the files [here|in this folder]',
    '[what does|what will] a listing of [this folder|the current directory] show?',
    '[go through|scan] [the folder|this directory|the working directory] and [write '
    'down|report|list] the [file names|names of the files]',
    '[list all|report all|name all] [existing files|files present|files that exist] [here|in '
    'this place|]',
    'dir[ listing| of this folder|]',
    '[before we start|before the exercise|for orientation], [list|show] the files [here|in the '
    'current folder]',
    '[print|show] the [directory|folder] [contents|content][, names only|, names are enough|]',
    '[which|what] [are the files|are all the files] [in|of] the [working directory|current '
    'folder]?',
    '[expected output|output]: the [names|list] of the files [here|in this folder]',
]

LIST_FOLDER = [
    '[Report|State|Return|Output] the names of [all|the] files in [the folder |the directory '
    '|]{p}',
    '[Print|Output|List] only the [file names|names of the files] in [the folder |]{p}[, '
    'nothing else|]',
    '[Your goal|Goal|Task|Your task]: [list|report|determine] [all|the] files [in|of] the '
    '[folder|directory] {p}',
    '[Folder|Directory]: {p}\n[Action|Task|Wanted]: list [the|its] files',
    '[Question|Q]: [which|what] files does the [folder|directory] {p} [contain|hold|have]?',
    '[determine|find out|check] [which|what] files [exist|are|are stored] in the '
    '[folder|directory] {p}',
    '[inspect|open|examine|look into] the [folder|directory] {p} and [report|list|name] [its '
    'files|the files in it|what it contains]',
    '[there is|we have] a [folder|directory] {p} here[. List|. Name|. Report|; list] [its '
    'files|the files in it]',
    '{p} is a [folder|directory][. List what is in it|; list its files|. Which files does it '
    'hold?|, name the files in it]',
    '{p} - [which files are in this folder?|what is in this folder?|list this folder]',
    '[without opening them|without changing anything], [list|name|report] the files [in|inside] '
    'the [folder|directory] {p}',
    '[your answer|the answer|your reply] [must be|is|should be] the list of files in [the '
    'folder |the directory |]{p}',
    '[file list|listing|contents] of the [folder|directory] {p}[?|, please| wanted|]',
    '1. Go to the [folder|directory] {p}\n2. [List|Report|Name] the files [there|in it]',
    '[provide|deliver|produce|give] a [complete|full|] listing of the [folder|directory] {p}',
    '[name|enumerate|state] every file [in|inside|under] the [folder|directory] {p}',
    '[ls|dir] {p}',
]

SEARCH = [
    '[Report|State|Return|Determine] the name of the file [that contains|which contains|in '
    'which you find|containing] {w}',
    '[Print|Output|Return] only the [name|path] of the file [with|containing|that has] {w}[ in '
    'it|]',
    '[Your goal|Goal|Task|Your task|Objective]: [find|identify|determine|locate] the file [that '
    'contains|containing|with the text|that mentions] {w}',
    '[Search term|String|Text|Find|Needle]: {w}\n[Report|Wanted|Output]: the file [it is '
    'in|that contains it|where it occurs]',
    '[Question|Q]: which file [contains|mentions|has] [the string |the text |the word |]{w}?',
    '[without changing anything|without editing any file|changing nothing], '
    '[find|report|determine] [where {w} occurs|which file contains {w}|where {w} is written]',
    '[identify|determine|establish] [the file|which file|in which file] {w} [occurs|appears|is '
    'mentioned]',
    '[exactly one|one|only one] file [here|in this folder|of the project] '
    '[contains|mentions|has] {w}[. Which one?|; which one?|. Name it|; report its name]',
    '[one of the files|some file|a file] [here|in this folder|in this project] '
    '[contains|mentions] {w}[. Report which|. Say which file|; find it|. Tell me which one]',
    '{w} - [which file is this in|in which file|where does it occur|find the file]?',
    '{w} [occurs|appears|is hidden|is written|stands] in [one of the files|some file here|one '
    'file here][. Which one?|; find out which|. Report the name|. Name it]',
    '{w} must be [somewhere in this project|in one of these files|in some file here|somewhere '
    'here]: [find it|report where|which file]',
    '[your answer|the answer|your reply] [must be|is|should be] the name of the file '
    '[containing|with|that mentions] {w}',
    '1. [Search|Go through|Scan] [all|the] files for {w}\n2. [Report|Print|Name] the file [that '
    'has it|where you found it]',
    '[go through|check|inspect|examine] [all|the] files [here|in this folder|] and '
    '[report|state|name] the one [that contains|with|that has] {w}',
    '[perform|do|run|make] a [search|text search|grep] for {w}[ here| in this folder|] and '
    '[report|name|state] the [file|matching file]',
    '[what is the name of|name] the file [in which|where] {w} [occurs|appears|is found]',
    '[list|name|report] [all files|every file|each file] in which {w} [occurs|appears|is '
    'found|can be found]',
    '[given|for] the [string|word|text] {w}[,|:] [report|find|determine] the file [that '
    'contains it|it occurs in]',
    '[the string|the text|the expression] {w} [has to|must] be [located|found][: which file has '
    'it|; report the file| - name the file]',
    '[for the next step|for the exercise|for the report] we need to know [which file '
    'contains|in which file we find|where to find] {w}',
    '[TODO|todo|Checklist item|Step 1]: [find out|determine] [where|in which file] {w} '
    '[occurs|is mentioned|appears]',
    '[does|would] any file [here|in this folder|in this project] [contain|include|have in it] '
    '{w}, and which?',
    '[use|run] grep [to find|to locate|for] {w} [in this folder|here|] and [report|print] the '
    'file name',
    'a [search|grep] for {w} [gives|finds|returns] which file?',
    '[verify|check] whether [some|any|a] file [here|in this project|] [contains|mentions|has] '
    '{w}[ and name it| and report which|]',
    '[which|what] file would [match|be found] [if you search|in a search] for {w}?',
    '[track down|hunt down|pin down|trace] {w} [in these files|in this project|in this folder]',
    'under [which|what] file name [is {w} stored|can one find {w}|do we find {w}]?',
    '[Expected output|Required answer|Wanted|Output]: the name of the file '
    '[with|containing|that has] {w}',
    '[answer|reply] with the file that [has|contains|mentions] {w}[, nothing else|]',
]

RUN = [
    '[Your goal|Goal|Task|Your task|Objective]: [run|execute] {c}\n[Report|Print|State|Return] '
    '[its|the] output',
    'Command: {c}\n[Report|Print|Return|Expected answer:] [its|the] output',
    '[Report|State|Return|Determine] the output of [the command |the shell command |]{c}',
    '[Print|Return|Report] only [the output of|what is printed by] {c}[\nNothing else|\nNo '
    'comment|]',
    '[Execute|Run] [the following|this] [shell command|command] [exactly as '
    'given|unchanged|exactly once|verbatim] and [report|show] [its|the] output: {c}',
    '[Question|Q]: what is [printed|shown|written to the terminal] [by|when one runs] {c}?',
    '1. [Run|Execute] {c}\n2. [Report|Show|State] [the output|its output|what it prints]',
    '[Step 1|The step|Next step|Action]: [run|execute] {c}',
    '{c}\n\n[Run|Execute] [the command above|the above command|this command] and '
    '[report|show|state] [its output|the result|what it prints]',
    '{c} - [run it|execute it|run this command] and [report|state|return] [the output|its '
    'output|the result]',
    '[without changing anything|changing no files|without editing anything], [run|execute] {c}\n'
    '[Report the output|Show what it prints|Give me the output]',
    '[the command to run|command to execute|the command|to run] is[ this|]: {c}',
    '[your answer|the answer|your reply] [must be|is|should be] the output of [the command |]{c}',
    '[determine|find out|establish|check] what [the command |]{c} [prints|outputs|reports]',
    '[verify|check] by [running|executing] it what {c} [gives|prints|outputs]',
    '[make use of|use] the [shell|terminal]. [Run|Execute|Command]: {c}',
    '[for the next step|for the exercise|for the report|for the ticket] we need the output of '
    '{c}',
    '[Expected output|Wanted|Required|Needed]: [the result of|what one gets from|what is '
    'printed by] {c}',
    '[carry out|perform|issue|invoke] [the command |the shell command |this command: |]{c}',
    '[answer|reply|respond] with [what is printed by|the output of|the result of] {c}',
    '$ {c}\n[Output?|What is the output?|What does it print?|Report the output]',
    '[TODO|todo|Checklist item|Item 1]: [run|execute] {c} - [report|post|note] the output',
    '[given|with] the command {c}: what [output|text] [do you get|appears|results]?',
    '[the shell command|the command] {c} [must|has to|is to|should] be [run|executed] [here|in '
    'this folder|now][; report what it prints|, and its output reported|]',
    '[run|execute] [one command|a single command|exactly one command, namely|just one command] '
    'and [nothing else|stop]: {c}',
    '[run|execute], in [this folder|the current directory|the working directory], [the command '
    '|]{c}',
    '[which|what] [output|lines|text] [does|will] [the command|a run of] {c} '
    '[produce|give|print]?',
    '[once run|when run|when executed], what does {c} [print|report|output]?',
    '[run|execute] {c}, [then|and then|afterwards] [quote|reproduce|state] what it '
    '[printed|said]',
    '[launch|invoke|call] {c}; [report|state|return] [its output|the text it prints|the result]',
    '[execute|run] this ([as is|exactly|once|no changes]) - {c}',
    '[the output of|what is printed by] {c} is [needed|wanted|to be reported][: run it|; run '
    'it|]',
]

CHORES = {
    'mv': [
        '[ensure|make sure|see to it] that {a} is [renamed to|called|named] {b}[, content '
        'unchanged|, nothing else changed|]',
        '[Your goal|Goal|Task|Your task]: [rename|move] {a} to {b}',
        '[Old|From|Source|Current name|Old name]: {a}\n[New|To|Target|New name]: {b}\n[Rename '
        'the file|Rename it|Action: rename|Move it]',
        '[without changing its content|without touching the content|keeping the content], '
        '[rename|move] {a} to {b}',
        '{a} [must|shall|has to|should] be [called|named|renamed to] {b}[, nothing else '
        'changes|]',
        '{a} -> {b} ([rename|move|mv|rename only])',
        '{b} [is the new name for|must be the new name of|is what we now call|should be the '
        'name of] [the file |]{a}[ - rename it|, rename it]',
        '[Postcondition|Done when|Afterwards]: {b} exists with the [old |]content of {a}, and '
        '{a} does not exist any more',
        '[the file|file] {a} [has|carries] the wrong name[. It must be|; it must be|, correct '
        'it to|; the right one is] {b}',
        '[give|assign] [the file |]{a} [the new name|another name:|the name] {b}',
        '[change|alter] a file name: [from|old] {a}[,|] [to|new] {b}',
        '1. Take the file {a}\n2. Rename it to {b}',
        '[after this step|in the end|when you are done] the file {a} [must|should] [have|bear] '
        'the name {b}[; its content stays|]',
        '[TODO|Checklist item|Change request|Step]: [file |]{a} [to be renamed to|gets the '
        'name|is renamed to] {b}',
    ],
    'cp': [
        '[ensure|make sure|see to it] that {b} [exists as|is] [an exact|an identical|a] copy of '
        '{a}',
        '[Your goal|Goal|Task|Your task]: [copy|duplicate] {a} to {b}[, keeping the original|, '
        'leaving the original in place|]',
        '[Source|From|Original]: {a}\n[Target|To|Copy|Destination]: {b}\n[Action: copy|Copy the '
        'file|Make the copy]',
        '[without changing|without touching|while keeping|without removing] {a}, '
        '[copy|duplicate] it to {b}',
        '{b} must [become|be] a copy of [the file |]{a}[, which stays|; the original stays|]',
        '{a} => {b} ([copy|as a copy|cp, original stays])',
        '[Postcondition|Done when|Afterwards]: both {a} and {b} exist, {b} being a copy of {a}',
        '[produce|create|provide] a [second copy|duplicate|backup copy] of {a} [under the '
        'name|named|called] {b}',
        '[keep|leave] {a} [and|but] [make|create] a copy [of it |][named|with the name|called] '
        '{b}',
        '[we need|there must be] {a} twice[: the second one is called|, the second time as|; '
        'name the copy] {b}',
        '[back up|save a copy of] [the file |]{a} [as|under the name] {b}',
        '1. Take {a}\n2. Copy it\n3. [Call the copy|The copy is named|Name of the copy:] {b}',
    ],
    'rm': [
        '[ensure|make sure|see to it] that {a} [does not exist any more|no longer exists|is '
        'gone|is deleted]',
        '[Your goal|Goal|Task|Your task]: [delete|remove] [the file |]{a}[, nothing else|]',
        'File: {a}\n[Action|Operation]: [delete|remove]',
        '{a} [must|shall|has to|should] [be deleted|be removed|not exist any more|disappear]',
        '{a} is [obsolete|no longer needed|not needed any more|superfluous][. Delete it|; '
        'remove it|: delete it]',
        '[without touching any other file|leaving all other files alone], [delete|remove] {a}',
        '[Postcondition|Done when|Afterwards|Success criterion]: [there is no file {a}|{a} does '
        'not exist|no {a} is left]',
        '[permanently|completely|] [delete|remove|erase] [exactly one|a single|one] file, '
        '[namely|and that is|which is] {a}',
        '[clean up|tidy up] by [deleting|removing] [the file |]{a}[ and nothing else|]',
        '[file to delete|to delete|to be removed|to remove]: {a}',
        '[the file|our old file|the leftover file] {a} [can go|is to go|has to go][, delete '
        'it|: remove it|]',
        '[the check|the test|the next step] [requires|demands] that {a} is [absent|gone|not '
        'there][ - delete it|; remove it]',
        '[TODO|Checklist item|Step]: [dispose of|delete|remove] {a}',
    ],
    'mkdir': [
        '[ensure|make sure|see to it] that [a|the] [folder|directory] {a} exists[, creating it|]',
        '[Your goal|Goal|Task|Your task]: [create|make] [a|an empty] [folder|directory] '
        '[named|called] {a}',
        '[Folder|Directory]: {a}\n[Action|Operation|Status]: [create|to be created]',
        '[The|A] [folder|directory] {a} must [exist|be created|be there]',
        '{a} [must|has to|shall] [exist as a folder|be created as a directory|be a new folder]',
        '[Postcondition|Done when|Afterwards]: a [folder|directory] {a} exists',
        '[there must be|we need|there has to be] [a|an empty|a new] [folder|directory] [with '
        'the name|named] {a}',
        '[create|make] [exactly one|one|a single] [new|empty] [folder|directory], {a}[, and no '
        'files|]',
        '[new|empty] [folder|directory] [wanted|required|needed]: {a}',
        '[set up|prepare|provide] [a|an empty] [folder|directory] [under the name|named|called] '
        '{a}',
        '[the folder|the directory] {a} is [missing|not there yet][. Create it|; create it|, '
        'make it]',
        '{a} - [create this folder|make this directory|new folder, please]',
        '[TODO|Checklist item|Step 1]: [create|add] [the |]{a} [folder|directory]',
    ],
}

JOINS = [
    '. Once that is done, ',
    '. When this is finished, ',
    '. The next step: ',
    '. Next step: ',
    '; when that is done, ',
    '; after that, ',
    '; afterwards, ',
    '; next, ',
    ', afterwards ',
    ', and once that is done, ',
    ', and when you have done so, ',
    ', and afterwards ',
    ', and as the next step ',
    '. Following that, ',
    '. In addition, ',
    '. Having done that, ',
    '.\nThen ',
    '.\nAfter that, ',
    '.\nNext, ',
    '\n- then ',
    '. As soon as this is done, ',
    ' -> then ',
    '. Subsequently, ',
    ', followed by this: ',
]

RUN_IT = [
    '[run|execute] [it|the file|{p}] and [report|state|return] [its|the] output',
    '[execute|run] the [result|new script|finished script|script you wrote]',
    '[report|state|print] the output of [running it|running {p}|the script]',
    '[run|execute] {p} [using|with|by means of] {i}[ and report what it prints|]',
    '[use|call] {i} [to run it|to execute it|on {p}|to run {p}]',
    '[verify|check|test] it by [running it|executing it|a run with {i}]',
    '[confirm|prove] that it works by [running it|executing {p}|running {p}]',
    '[call|invoke|launch] [it|{p}] [once|] and [show|report] [what it prints|the output]',
    '[start|launch] [the script|{p}] [with {i}|in the shell|]',
    '[your answer must be|answer with|reply with] the output of [the script|{p}|running it]',
    'what does [it|the script|{p}] print when [you run it|executed|run with {i}]?',
    '[execute|run] it [exactly once|one time|once] and [quote|report] the output',
    '[try|test] [the script|{p}|it] [with {i}|] and [report|show] [the result|the output]',
]

SCRIPT = [
    '[ensure|make sure] that [a|the] script {p} exists [which|that] prints [exactly|only|] {t}',
    '[Your goal|Goal|Task|Your task]: [a script|write a script|create a script] {p} '
    '[that|which] [prints|outputs] [exactly|only|] {t}',
    '[File|Script]: {p}\n[Output|Expected output|It prints]: {t}\n[Write the script|Write '
    'it|Create the script]',
    '[write|create|produce] a [one-line|small|minimal|short] script {p} [whose output is|that '
    'outputs|printing] [exactly|just|] {t}',
    '{p} must be a script [that prints|which outputs|printing] [exactly|only|] {t}[ - write it|]',
    '[when run|when executed|on execution], [the new script|the script] {p} [must|should|has '
    'to] print {t}[, write it|]',
    '[create|write] the script {p}. [Requirement|Expected output|Its output|What it prints]: {t}',
    '[the check|the test|our checker] runs {p} and expects [the output|to see] {t} - [write '
    'that script|write the script|create it]',
    '{t} is what [the script|a new script] {p} [must|should|has to] print[. Write it|; write '
    'it|, create it]',
    '[implement|provide|supply] {p}[,| -] a script that does [one thing|nothing but this|only '
    'this]: print {t}',
    '[prepare|set up] [a|the] script {p} [that writes|which writes|writing] {t} to [the '
    'screen|standard output|the terminal|stdout]',
    '[running|executing] {p} [must|should|has to] [give|print|output] {t} - [write|create] '
    '[that|this] script',
    '[Acceptance criterion|Done when|Postcondition]: the script {p} exists and prints {t}',
]

FIND_EDIT = [
    '[Your goal|Goal|Task|Your task]: [in whichever file|in the file that] contains {o}, '
    '[replace it with|change it to] {n}',
    '[exactly one|one|a single] file [here|in this folder|] [contains|has] {o}[. Find it and|; '
    'find it and] [replace that by|change that to|make that] {n}',
    '[Find|Old|Search]: {o}\n[Replace with|New|Replacement]: {n}\n[File|Where]: [to be '
    'found|unknown, search for it|one of those here]',
    '[identify|locate|determine] the file [containing|that contains|which has] {o}[. There,|; '
    'there,|, and in it] [replace it with|change this to|turn that text into] {n}',
    '{o} [occurs|appears|stands] in [one of the files|some file|a file] here[. Replace it '
    'with|; change it to|. It must become] {n}',
    '[ensure|make sure] that [the file|whichever file] [with|that has|containing] {o} says {n} '
    'instead',
    '1. Find the file [that contains|with] {o}\n2. [Replace it there with|Change this text '
    'to|Turn it into] {n}',
    '[wherever|in whatever file] {o} [is written|occurs|appears] [here|in this project|in this '
    'folder][,|:] [replace it with|change it to|turn it into] {n}',
    '{n} must [replace|take the place of] {o}[. The file is not known, search for it|; find out '
    'which file has it|, in whichever file that is]',
    '[I do not know|it is not known|nobody knows] which file has {o}[. Find it and|; find it '
    'and] [change the text to|replace the text by|put there] {n}',
    '[search|scan|go through] the files for {o}[;| -] [in the file found,|in that file,|where '
    'you find it,] [replace it with|change it to] {n}',
    '[without changing anything else|leaving the rest alone], [replace|change] {o} [to|with] '
    '{n} in the file [that has it|where it occurs|that contains it]',
    '[Postcondition|Done when]: the file that [contained|had] {o} [now has|has|says] {n} [in '
    'its place|there]',
]

FIND_READ = [
    '[Your goal|Goal|Task|Your task]: [report|print] the [content|full text] of the file [that '
    'contains|containing|with] {o}',
    '[exactly one|one|a single] file [here|in this folder|] [contains|has|mentions] {o}[. '
    'Report|. Print|; show|; print] [its content|the whole file|that file]',
    '[identify|determine|track down] the file [containing|which contains|that has] {o}[;| -|, '
    'then] [print|report|show] [its full text|all of it|its content]',
    '1. Find the file [that contains|with] {o}\n2. [Report|Print|Show] [its content|the whole '
    'file|what it says]',
    '{o} [occurs|appears|stands] in [one of the files|some file here|one file][. Print that '
    'file|; show that file|. What else does the file say?]',
    '[Search term|Find|Text]: {o}\n[Report|Output|Wanted]: the [content|full text] of the file '
    '[it is in|that has it]',
    '[print|output|display|report] the [whole|complete|entire] file in which {o} '
    '[occurs|appears|is found]',
    '[your answer|the answer|your reply] [must be|should be] the [content|text] of the file '
    '[containing|that has|with] {o}',
    '[whichever file|if a file] [mentions|contains] {o}[:|,] [print it|read it|show it][ in '
    'full| completely|]',
    'what [is the content of|is the full text of|is written in] the file [with|containing|that '
    'has] {o}?',
    '[search|scan|grep] the files for {o} and [print|read|report] the [matching file|one that '
    'has it|file that contains it][ in full|]',
]

COPY = [
    '[ensure|make sure] that {b} [contains|has] [exactly|] [the same text as|the same content '
    'as|what is in] {a}',
    '[Your goal|Goal|Task|Your task]: [a file|a new file|produce] {b} [whose content equals '
    'that of|with exactly the content of|identical in content to] {a}',
    '[Input|Source|Read from]: {a}\n[Output|Target|Write to]: {b}\n[Copy the content|The '
    'content stays the same|Transfer the text unchanged]',
    '{b} must [contain|hold] [the exact|exactly the] [text|content|lines] of {a}[, nothing '
    'else|]',
    '1. Read {a}\n2. [Write|Put|Save] [its content|its text|the same lines] [to|into] {b}',
    '[read|open] {a}[. Its|; its] [content|text] [must|has to|should] [also|] be '
    '[stored|saved|written] in [a new file|] {b}',
    '[transfer|carry over|reproduce] [the content|the text|every line] of {a}[, unchanged,| '
    'verbatim|] [in|into] [a new file|] {b}',
    '[Postcondition|Done when]: the [text|content] of {b} is [identical to|the same as] that of '
    '{a}',
    '[take|use] [the text|the content|the lines] of {a} as the content of [a new file|the new '
    'file|] {b}',
    '[whatever|everything that|what] {a} [contains|says] [must|should|has to] [also be|be] in '
    '[a file|the new file|] {b}',
    '[create|write] {b}[;|:] [its content is to be taken from|take its text from|its text is '
    'that of] {a}',
    '[without changing|without touching|while keeping] {a}, write its [text|content] to {b}',
]

MOVE_IT = [
    '[the file|it] [must|should|has to] be [renamed to|called|named] {b}',
    '[change its name|change the name of {a}] to {b}',
    '[give it|give the file|give {a}] the name {b}',
    '[rename|move] the file[, without changing it,|] to {b}',
    '[ensure|make sure] that [it|the file|{a}] is [called|named|renamed to] {b}',
    '[its new name|the new name of {a}|the final name of the file] [must be|is|should be] {b}[, '
    'rename it|]',
    '[rename|move] [it|{a}][; new name:| - the new name is|, the name being] {b}',
    '[mv|rename] [it|{a}] -> {b}',
]

VALUE = [
    '[ensure|make sure] that [a file|the new file|] {b} contains [exactly|only|just] the value '
    'of {k} from {a}',
    '[Your goal|Goal|Task|Your task]: [write|save|store] [only |]the value of {k} [found in|set '
    'in|from|given in] {a} [to|into] [a new file|] {b}',
    '[Source|Input]: {a}\n[Key|Setting|Field]: {k}\n[Output|Target|Write to]: {b} ([only the '
    'value|the value, nothing else|just the value])',
    '{b} must contain [nothing but|only|exactly|just] the {k} [given in|from|set in] {a}',
    '1. Read [the |]{k} [from|in] {a}\n2. [Write|Save|Store] [only |][the value|its value] '
    '[to|in] {b}',
    '[extract|pull|get] [the value of |the ]{k} [from|out of] {a}[;| -] [store|write|save] '
    '[just|only] that value [in|to] [a new file|the file|] {b}',
    '{a} [sets|defines|has|gives] [a|the] {k}[. Write its value|. Store its value|; write the '
    'value] [to|into|in] {b}',
    '[create|produce|write] [a file|] {b} whose [only|single|sole] [line|content] is the [value '
    'of the|value of] {k} [in|from] {a}',
    '[Postcondition|Done when|Afterwards]: {b} [holds|contains|consists of] the value [of|for] '
    '{k} [as set in|from|as given in] {a}[, nothing else|]',
    '[without copying the rest|leaving out the rest|without anything else from it], '
    '[write|save] the {k} [from|of] {a} [to|into] {b}',
    '[look up|determine|find] the {k} in {a} and [record|note|store] [only its value|just the '
    'value|the value alone] in [the new file|] {b}',
    'what is the {k} in {a}? [Write|Save|Put] the [answer|value], [and nothing else|and only '
    'that], [in|into] {b}',
]

GREETINGS = [
    '[hello|hi|hey][,|] [agent|assistant|helper|model][!|.|]',
    '[hello world|hello, world|hi all|hello everybody|hey everyone][!|.|]',
    '[ping|test, test|testing|just testing|connection test|check, check|is this on][?|!|]',
    '[hi|hello], [are you ready|ready to start|can you read this|can you hear me|do you copy]?',
    '[good to have you|nice to have you|glad you are] [here|back|with us][!|.|]',
    '[a very|a] [good morning|good evening|good day|warm welcome][ to you| to the agent|][!|.|]',
    '[greet me|say hi back|answer with a greeting|reply with a greeting|send me a greeting]',
    '[your goal|task|your task]: [say hello|greet me|greet the user|return a greeting]',
    '[respond with a|give me a|output a|print a] [short|friendly|one-line|single] '
    '[greeting|hello]',
    '[let us begin|let us start|shall we begin|shall we start|time to start][,|:] [hello|good '
    'morning|hi there][!|.|]',
    '[moin|salut|ciao|bonjour|hola|servus|aloha][!|.|,|]',
    '[are you|is the agent|is the assistant|is the model] [ready|online|up|running|up and '
    'running|available]?',
    '[hi|hello|hey] [it is your|this is your|from your] [new user|user|tester|reviewer][!|.|]',
    '[hope you are well|I hope you are doing well|hope all is well][!|.|]',
    '[first of all|before we start|before the tasks|to begin with][,|:] [hello|hi|a friendly '
    'hello][!|.|]',
    '[ready|all set|awake|everything fine|everything ok|still there]?',
    '[hello|hi|hey][.|!] [new session|first session|a new day|session start|a fresh start][.|!|]',
]

ABOUTS = [
    '[state|report|give|print|output] your [name|identity|model name|name and purpose]',
    '[Task|Your task|Goal|Your goal]: [introduce yourself|describe yourself|state who you '
    'are|list your abilities]',
    '[in one sentence|in a few words|briefly|in a single line][,|:] [who are you|what are '
    'you|what can you do]?',
    '[describe|state|outline|summarise] [what you can do|what you are able to do|your '
    'abilities|what you are for][ in one line| in a sentence|]',
    '[which|what] [tasks|kinds of tasks|requests|jobs] [can you handle|can you do|are you able '
    'to do|do you accept|can I give you]?',
    '[before we start|before the tasks|for the protocol|for the report], [who are you|what can '
    'you do|what are you|which model are you]?',
    '[list|enumerate|name] the [things|tasks|operations|kinds of work] you [can do|support|are '
    'able to do|can help with]',
    'what [kind|sort|type] of [model|assistant|agent|program|system] are you?',
    '[are you|is this] [a text model|a small model|a bot|an agent|a program|a neural '
    'network|an assistant]?',
    '[do you have|have you got] [any abilities|special skills|limits]?',
    '[what should|how should|what may] I [call you|ask you|use you for|expect from you]?',
    '[Question|Q]: [who are you|what is your name|what can you do|what are you made for]?',
    '[answer|reply] [in one line|briefly|with one sentence]: [who are you|what are you|what can '
    'you do for me]?',
    '[what were you|what have you been|what are you] [made for|built for|trained for|designed '
    'for|meant for]?',
    '[what are you|what are you not] [capable of|made for]?',
    '[can you|could you|would you] [introduce yourself|tell me who you are|say what you can '
    'do|explain what you are]?',
    '[identify yourself|name yourself|state your purpose|state your function|report your '
    'capabilities]',
    '[with whom|with what] am I [talking|speaking|chatting|working][ here| now|]?',
    '[what|which] [name|title] do you [have|go by|use|answer to]?',
    '[how|in what way] [can you|could you|do you] [support|help] [me|us] [with my work|in this '
    'session|here|]?',
    '[is there|do you have] [a list|an overview] of [what you can do|your abilities|things you '
    'can do]?',
    '[I do not know|I am not sure|I wonder|I want to know] [what you are|who you are|what you '
    'can do|what to ask you]',
    '[explain|tell me] [what this assistant is|what this assistant can do|what you are '
    'for|which tasks suit you]',
    '[what is|what would be] [a good task|a typical task|a suitable task|an example task] for '
    'you?',
    '[where do you come from|since when do you exist|how small are you|how large are you|how '
    'many parameters do you have]?',
    '[what do people|what do others|what do users] [use you for|ask you to do|call you]?',
    '[your name|your model|your skills|your purpose|your abilities][?| please|, please]',
]

BEYONDS = [
    '[implement|write|develop|provide] a function [that takes|which takes] a list of [{a} '
    'records|numbers|strings|{c} objects] and [returns|computes] [the median|all '
    'permutations|the longest common prefix|the {n} largest]',
    '[ensure|make sure] that all [unit tests|tests|{a} tests|integration tests] [pass|are '
    'green|succeed][ without changing the tests| again|]',
    '[Your goal|Goal|Your task|Objective]: [make the build green|reach full test '
    'coverage|reduce the latency of {b}|get the {a} benchmark below {n} seconds|raise the '
    'accuracy on {a}]',
    '[implement|design|build|write] [a|an efficient|a thread-safe|a generic] [hash map|priority '
    'queue|cache|linked list|binary tree|sorting algorithm|tokenizer|rate limiter] [in '
    'Python|in C|in Rust|in Java|for {b}]',
    '[resolve|close|work on|triage] [issue|ticket|bug] [number |]{n}[ in our tracker| of {b}|]',
    '[given|for] an array of {n} integers[,|:] [find the longest increasing subsequence|return '
    'the maximum subarray sum|find all pairs that add up to {m}|write an algorithm that sorts '
    'it]',
    '[refactor|restructure] [the {a} layer|the class {b}|our {c} service] [such that|so that] '
    '[it no longer depends on {c}|it has no global state|the tests still pass|each function is '
    'short]',
    '[answer|reply] [in exactly {n} words|in one word|with yes or no|with a single number]: [is '
    '{a} better than {c}|who invented the {a}|is the earth older than the moon|do you like {c}]?',
    '[summarise|condense|shorten|paraphrase] [the theory of {a}|the plot of {a} {c}|the history '
    'of {c}|the debate on {a}] in [exactly |at most |about |]{n} [words|sentences]',
    '[prove|derive|disprove] [formally|from first principles|step by step|] [the formula for '
    'the circle|that {n} is prime|the {a} inequality|that the square root of two is irrational]',
    '[compute|calculate|evaluate|determine] [the factorial of {n}|the greatest common divisor '
    'of {n} and {m}|the average of {n} and {m}|{n} to the power of {m}|the logarithm of {n}]. '
    '[Show your work|Give only the number|Round to two digits|Explain each step]',
    '[a train|a car|a ship] [leaves|starts from] {a} at {n} km per hour [and another one|and a '
    'second one] at {m}. [When do they meet|Which one arrives first|How far apart are they '
    'after an hour]?',
    '[if|when] [Anna|Ben|a farmer|a shop] has {n} [apples|coins|books] and [gives '
    'away|sells|loses] {m}, how many are left?',
    '[choose|pick|select] the correct [answer|option]: the {a} is A) {c}, B) [blue|round|a '
    'river], C) [nothing|a number|unknown]',
    '[classify|label|rate] the [sentiment|tone|mood] of [this review|the sentence|this '
    'comment]: [the {a} was {c}|I loved the {a}|never again {c}]',
    '[write|produce|draft|compose] [an essay|an article|a speech|a product description|a press '
    'release|a cover letter] of [exactly|about|at most|at least] {n} words [about|on] '
    '[{a}|{c}|{a} and {c}]',
    '[write|compose] [a|one] [limerick|sonnet|rhyme|dialogue|fable] [in which|where] [a {a} '
    'meets a {c}|every line rhymes with {a}|the {a} wins|two {a} friends talk]',
    '[act as|pretend to be|play the role of|you are] [a {a} expert|a pirate|my teacher|a travel '
    'guide|a senior engineer] and [advise me on {c}|explain {c}|criticise my plan|teach me {a}]',
    '[brainstorm|propose|come up with|think of] [{n}|five|ten|a few] '
    '[ideas|names|slogans|questions|arguments] for [a {a} startup|our {c} campaign|a party|the '
    '{a} workshop]',
    '[explain|describe] [step by step|in simple words|to a beginner|in detail] [how a {a} '
    'works|how to learn {c}|why the sky is blue|how the internet works|what recursion is]',
    '[compare|contrast] [{a} and {c}|Python and Rust|the {a} approach with the {c} approach|tea '
    'and coffee][. Name three differences| in detail| and give a verdict|]',
    '[define|explain the meaning of|give the etymology of|give three synonyms for] the '
    '[word|term] {a}',
    '[what is|give me|determine] [the boiling point of {a}|the chemical formula of {a}|the '
    'atomic weight of {c}|the speed of light|the birthday of {a} {c}]',
    '[name|list] [{n}|three|all|five] [rivers|cities|kings|planets|films|languages|inventors] '
    '[in|of|from] [Europe|{c}|Africa]',
    '[set up|configure|provision] [a CI pipeline|a Kubernetes cluster|a database server|a VPN|a '
    'mail server|the {a} cluster] [for {b}|for our team|with {n} nodes|in the cloud]',
    '[train|fine-tune|evaluate|distil] [a model|a classifier|a neural network|a {a} model] '
    '[on|for] [{c} images|the {a} data|{c} detection|our {a} task]',
    '[find|report|determine] the [root cause|cause|reason] [of|for] [the {a} outage|the slow '
    '{a} queries|the crash in {b}|the failing {a} build]',
    '[design|specify|model] the [database schema|API|protocol|architecture|user interface|data '
    'model] for [a {a} shop|our {c} app|{b}|a hospital]',
    '[reproduce|investigate|analyse] the [bug|deadlock|crash|regression|memory leak] [in {b}|of '
    'the {a} service|reported by {c}] and [propose a fix|write a test for it|explain it]',
    '[write|create|invent] a [regular expression|SQL query|shell pipeline|formula] [that '
    'matches valid email addresses|that finds duplicate {a} rows|for parsing {a} dates|that '
    'joins {a} and {c}]',
    '[upgrade|update|migrate] [all dependencies|the framework|our {a} stack|the whole code '
    'base] [to the newest version|and fix what breaks|such that nothing breaks]',
    '[make|get] [the {a} page|the website|our {c} app] [responsive|accessible|multilingual|load '
    'twice as fast|work offline]',
    '[check|verify] [whether|that] [my proof is correct|the {a} theorem holds|this argument '
    'about {c} is sound|the design of {b} is secure]',
    '[what|which] [would you recommend|do you recommend|is better|would you choose][:|,] [{a} '
    'or {c}|Linux or Windows|the {a} or the {c}|tea or {c}]?',
    '[search|browse] the [web|internet] for [{a} offers|news about {c}|a cheap {a}|reviews of '
    '{a} {c}] and [summarise|compare] [them|what you find]',
    '[send|forward|post|tweet] [a message|an invitation|a reminder|the announcement] to [all '
    '{a} members|my boss|the {c} team|{a} {c}][ about {c}| at {n}|]',
    "[predict|forecast|estimate] [tomorrow's weather in {c}|the price of {a} next year|who wins "
    'the {a} cup|the population in {n} years|the next election]',
    '[schedule|arrange|cancel|postpone] [a meeting|my appointment|a call|the {a} workshop] '
    '[with {c}|with the {a} team|for {n} people|for next week]',
    '[identify|describe|tell me] [what is in the picture|who is in the photo|the song that is '
    'playing|the {a} in the image]',
    '[grade|mark|score|evaluate] [this essay|the student answer|my {a} homework|the {c} exam] '
    'on a scale [from 1 to {n}|of one to ten]',
    '[plan|design|draw up] [a training plan|a study plan|a budget|a menu|a {a} workshop] for '
    '[{n} days|{n} weeks|{n} people|the {c} team]',
    '[translate|render] the [proverb|phrase|greeting|word] {a} [into|to] '
    '[Italian|Dutch|Russian|Greek|Korean]',
    '[solve|crack|answer] [this riddle|the puzzle|the crossword clue]: [a {a} without {c}|what '
    'has keys but no locks|{a}, {n} letters|what runs but never walks]',
    '[optimise|tune|speed up] [the {a} loop|the function {b}|our {c} queries] [such that|so '
    'that] it [runs in linear time|takes less than {n} ms|uses less memory]',
    '[port|convert|rewrite] [the {a} library|the class {b}|our {a} code] [from Java to Go|to '
    'TypeScript|from C to Rust|to async code][, all tests must still pass| without changing its '
    'behaviour|]',
]
