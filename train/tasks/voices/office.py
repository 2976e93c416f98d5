"""Forms of a courteous, wordy person who is no programmer; same names as in asks.py and talk.py."""

CREATE = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[create|prepare|set up|write] [a file|a small file|a new file] [called|named|by the name '
    'of] {p} [with the text|that says|in which one can read] {t}',
    'would it be possible to [have|get|set up] a [new|little|] file [called|named|] {p}? [The '
    'text in it should be|It should read|It should simply say|All it needs to say is]: {t}',
    'when you are done, there should be a file {p} [here|] [whose only line is|that reads|and '
    'in it the text] {t}',
    'afterwards I should [find|be able to open] a file [called|named] {p} [that says|which '
    'reads|with the words] {t}',
    'we [do not have|are still missing|still lack] a file [called|named|with the name] {p}. [It '
    'should say|It ought to read|Its text would be|Please let it contain] {t}',
    '[my colleague|the treasurer|the chairwoman|our secretary] [wishes for|asked for|is hoping '
    'for] a file {p}[ in this folder|]. [What it should say|The text for it|What belongs in it] '
    'is [this: |]{t}',
    'I [have been asked|promised] to [write down|note|record] [something|one line] in a new '
    'file [called|named|] {p}. [The text is|It goes like this|The line reads]: {t}',
    'the text is {t} and [the file|the name of the file|the file for it] [should be|shall be|is '
    'to be] {p}',
    'may I dictate? [The file|The name of the file] is [called|] {p} [and the text|and its '
    'text] is {t}',
    '[for the meeting|for the newsletter|for our members|for the office] I [need|shall '
    'need|would be glad of] a file {p} [which says|which reads|holding the line] {t}',
    'it would be [lovely|very kind|wonderful|a great help] if you [could|would] [put '
    'together|make|write] [a file called|a new file named|] {p} [containing|with] [the '
    'sentence|the words|just|only] {t}',
    'I [wonder|was wondering] [if|whether] you could [save|keep|store|note down] {t} for me in '
    'a [new|] file [called|named|by the name of] {p}',
    'please be so kind and [note down|write down|jot down|record] {t} in a [new|fresh] file '
    '[called|named] {p}',
    '{p} [does not exist yet|is still missing], [I am afraid|unfortunately]. [Would you make '
    'it? It|Please create it; it] should [say|read|contain] {t}',
    '{p} is the [name|file name] I [have in mind|would like], and {t} is what [it|the file] '
    'should say',
    'as [agreed|discussed] [yesterday|on the phone|with the committee], [we need|there has to '
    'be] a new file {p}. [It says|It contains|Its wording is|The wording is]: {t}',
    'I shall need a [new|small] file. [The name is|Its name should be|Please call it|It is to '
    'be called] {p} and [the text|its content|what it says] [should be|is] {t}',
    'I need something written down. The [words|text] [are|should be] as follows: {t}\n[Please '
    'put that in|Please save it as|It belongs in] a [new|] file [called|named|] {p}',
    'kindly [open|begin|start] a new file [under the name of|under the name|and name it] {p}; '
    '[the text reads|the text should be|it is to say] {t}',
    'file [name|] - {p}\n[text|content|wording] - {t}\n[Could you create that|Please make this '
    'file|Please create it][ for me| when you have a moment|]',
    'here is [the text|the line|what I want to keep]:\n{t}\n[Would you please save it|May it be '
    'saved|Please keep it|It should be stored] [as|in a new file named|under the name] {p}',
    'a file [named|called] {p} would [help us|be useful|be most welcome][ very much| a great '
    'deal|]. [It need only say|Nothing more in it than|Its text]: {t}',
    '[my wish|my request|what I would like] is a [new|] file {p} [that says|with the text] {t}',
    'could we have {p} [say|contain] {t}? It [does not exist yet|would be a new file|has to be '
    'created first]',
    'if it is not too much trouble, [write|place|put] {t} [into|in] a [new|separate] file, '
    '[namely|which I would call|with the name] {p}',
    'to [begin with|start with], I would [appreciate|be grateful for] a [new|] file {p} [with '
    'the line|containing the line|that reads] {t}',
    'would you [kindly|please|] see to it that [a file called|a file named|the new file] {p} '
    '[exists and contains|exists and says|is there and reads] {t}',
    'in the end [I want|we want|there must be] a file {p}[ here| in this folder|], and [it must '
    'say|its text must be|one should read in it] {t}',
    '[everybody keeps asking|people keep asking] me [the same thing|about it], so let us write '
    'it down in a new file {p}: {t}',
    'I have [a name|a file name] and [a text|a line] for you: {p} [is the file to create|should '
    'be created], [with the text|and the line in it is] {t}',
    'the new file {p} is [easily described|a very short one]: it [says|contains] [only|nothing '
    'but|just] {t}',
    'let us [make|prepare|have] a file {p} [for [the meeting|the office|the club|the '
    'committee|the new members|my colleague]|] [in which we write|that tells them|with the '
    'text] {t}',
    '[would you kindly|could you please|would you be so kind as to|may I ask you to|I must ask '
    'you to] [create|produce|type up] [a file with the name|a document called|a text file '
    'called] {p}, [its text being|with this wording:|where it says] {t}',
    'we [agreed|decided] that {t} [should be recorded|should be kept|ought to be written down] '
    'in a [new|] file [called|named] {p}',
    'would you be able to [create|make|write] {p} for [me|us]? [I need it to say|Its text is to '
    'be|The text is simply] {t}',
    'note for a new file ({p}): {t}',
    'I am [afraid|sorry to say] I do not know how to [make|create] a file. [The one I need is|I '
    'need one] called {p}, [and it should say|with the text] {t}',
    'without a file [called|named] {p} [we cannot start|I cannot go on], so [please create '
    'it|would you make it], [and let it say|with the text|and write in it] {t}',
    '[dear assistant|good morning|hello], [I would be glad to have|I should like] a file {p} '
    '[with the words|with the text|that says] {t}',
    'the contents [ought to be|shall be|will be] {t} - and the [new|] file [ought to be '
    'called|is named|is to have the name] {p}',
    'thank you for [helping|your help] with this one: a [new|] file {p}, [and in it|containing] '
    '[the words|the line|] {t}',
    'might I have {t} [written|saved|kept] in a new file {p}',
]

CREATE_LONG = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[save|put|type] the [following|text below|lines below] [into|in] a [new|] file '
    '[called|named|] {p}:\n[|\n]{b}',
    'would it be possible to [save|keep|store] this as {p}? [Here is the text|It goes as '
    'follows|The text is this]:\n[|\n]{b}',
    'I have [typed|written|copied] the text [below|underneath], and it [should|ought to] be '
    '[saved|kept|stored] [as|in a new file called|under the name] {p}:\n{b}',
    'afterwards the [new|] file {p} should [read|look] [exactly|] [like this|as follows]:\n[|\n'
    ']{b}',
    'we are [still missing|lacking] a file [called|named] {p}. [These are the lines|This is '
    'what it should say|Its text is below]:\n{b}',
    'my colleague [dictated|sent|gave me] [these lines|this text], and I would [like|love] to '
    'have [them|it all] in a [new|] file {p}:\n[|\n]{b}',
    'may I ask for a [new|] file [named|called|] {p}, with [exactly|just|] the [lines|text] '
    'that [I put below|I give here|you see below]:\n{b}',
    'what [follows|is below] [belongs|should go] in a [new|] file [by the name of|named|called] '
    '{p}. Thank you for [your help|typing it out].\n\n{b}',
    '{p} is [what the new file should be called|the name of the file I need], and [this is its '
    'text|here is what belongs in it|it should read]:\n{b}',
    'it would be [lovely|very kind|helpful] if you could [create|prepare|make] {p} for '
    '[me|us|the meeting]. [The wording|The full text|Everything it should say]:\n[|\n]{b}',
    '[the committee agreed|we agreed] on the text below. [Please keep it in|It should be saved '
    'as|Would you put it in] a [new|] file {p}:\n\n{b}',
    'file name: {p}\n[Please create it|I would like it created] with [this text|these lines|the '
    'following text]:\n{b}',
    'I [was wondering|wonder] [if|whether] you could [write|type up] a file [called|named|] {p} '
    'for me [that reads|with this in it|with the lines]:\n[|\n]{b}',
    'a [new|] file {p}, [if you please|if I may ask|if it is no trouble], [with the '
    'text|saying]:\n{b}',
]

APPEND = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[add|append] [the line|the entry|the words|] {t} [at the end of|to the end of|at the very '
    'bottom of] {p}',
    'I [notice|noticed|see] that {p} [lacks|is missing|does not yet have] a '
    '[last|final|closing] line. [It should be|Please add|Please put in] {t}',
    '{p} is [nearly complete|almost finished], only [the last line|one line at the end] is '
    'missing, namely {t}',
    'afterwards the last line of {p} should [be|read] {t}, [with everything else|and all the '
    'rest should stay] as it is',
    '[everything|the text] in {p} [should|may|can] stay [as it is|untouched], but [please add|I '
    'would like to add|we need to add] {t} [at the end|at the bottom|as a new last line]',
    'would it be possible to [add|have] one [more|further] line [in|to] {p}? [It reads|The line '
    'is|It should say]: {t}',
    'I forgot to [mention|write] {t} in {p}; [could you please add it|please add it|it should '
    'be added] at the [end|bottom]',
    'my colleague [wants|wishes|would like] {t} [added|to be added|to appear] at the '
    '[end|bottom|foot] of {p}',
    '[we also need|we have also agreed on|there is also] {t}. [Would you put that|Please put '
    'it|Please add that] at the end of {p}',
    '{t} came in [too late|this morning|just now] and [still has|needs|ought] to be '
    '[added|appended] to {p}, [as the last line|at the bottom|at the end]',
    'I [wonder|was wondering] [if|whether] you could [continue|extend] {p} [with|by] [one '
    'line|a further line|the line], [namely|that is,] {t}',
    'please be so kind and [write|note] {t} [underneath|below] what [is already there|we '
    'already have] in {p}',
    'the [list|text] in {p} is not complete: [we must add|it still needs|please add] {t} as '
    '[its|the] last [line|entry]',
    'kindly [leave|keep] {p} as it is and [only|just] [add|attach] {t} [at the end|as a new '
    'line at the end|at the bottom]',
    'it would be [kind|lovely|good] if {p} [ended|would end|closed] with [one more line|an '
    'additional line]: {t}',
    'there is one [thing|line] to be [appended|added] to {p}[, as agreed|, if I may|]: {t}',
    '{p} - [one addition|one more line|an addition] at the end[, please|]: {t}',
    '(for the end of {p}) {t} - [please add it|would you add this line|kindly add that line]',
    'what is [still missing|lacking] at the [end|bottom] of {p} is [the line|the entry|] {t}',
    'as [the committee|the chairwoman|my colleague] [asked|suggested], {t} [is to|should|must] '
    '[follow|come] after the last line of {p}',
    'may I [trouble|ask] you to [enter|note|put] {t} [on a new line|in a line of its own] at '
    'the [end|bottom] of {p}',
    'in addition to what {p} [already says|says now], it should [also say|also contain], at the '
    'end, {t}',
    'I would [appreciate it|be grateful] if you [added|could append] {t} to {p}, [right at the '
    'end|at the bottom|as its last line]',
    'one [more|further] entry for {p} [has arrived|came in|is needed]: {t}\n[It goes|It '
    'belongs|Please put it] at the [end|bottom]',
    'would you [mind adding|kindly add|please add] to {p}, [below the rest|after everything '
    'else], [the line|a line that says|the words] {t}',
    'let us not forget {t}; it [should|ought to] be [added to|put at the end of|noted at the '
    'bottom of] {p}',
    'here comes another line for the [end|bottom] of {p}[, thank you|]:\n{t}',
    'could {p} [please|perhaps|] get [a further line|one more line] at the bottom? [I was '
    'thinking of|It should be|The line is] {t}',
    'the file {p} [already exists|is already there], and I [only|just|merely] want to '
    '[add|append] the line {t} to it',
    'we [keep|have] a [list|record] in {p}, and {t} [needs to be|should be|has to be] '
    '[entered|added] at the end [for our records|so that nobody forgets|as agreed with the '
    'committee|since the chairwoman insists|as my colleague suggested]',
    'for [completeness|the record], [please|kindly|do] add {t} to [what we have in|the lines '
    'in|the bottom of] {p}',
    'the new last line [of|for] {p} is [to be|meant to be|supposed to be] {t}, and [nothing '
    'else changes|the other lines remain]',
]

READ = [
    'I would be [grateful|very glad] if you could [read out|tell me|let me know] what [is '
    'written|one can read|it says] in {p}',
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [tell me what is in|read to me what is '
    'in|show me the text of] {p}?',
    'would it be possible to [see|read|have a look at] [the text of|what is in|what we wrote '
    'in|] {p}?',
    'I [can never|never can|do not] remember what [we wrote|is|I put] in {p}. [Could you remind '
    'me|Would you look it up|Please tell me]',
    'I [have not got|do not have] [my glasses|the right program] at hand; [what does {p} '
    'say|what is in {p}|could you read {p} to me]?',
    'somebody [left|sent|gave] me [a file called|a file named|the file] {p}. [What might be in '
    'it|What does it say|Could you tell me what it says]?',
    'I [should|would] like to go over {p} [once more|again|before the meeting], so [please show '
    'it to me|would you show me its text|kindly let me see it]',
    'before [the meeting|I answer|we begin|I sign anything], I [must|ought to|should] know what '
    '{p} says',
    '{p} [arrived|came] [this morning|yesterday] and I [have not read|do not know] it yet. '
    '[Would you read it to me|What is in it|What does it say]?',
    '{p} is [something I have not seen yet|new to me]; [please read it to me|would you show me '
    'what it says|tell me what it contains]',
    'my colleague [asks|wants to know|would like to know] what [is written|we have|it says] in '
    '{p}',
    'may I [see|read|know|hear] what {p} [says|contains|has to say]?',
    'might I trouble you for the [text|contents|wording] of {p}?',
    'the [text|contents|wording] of {p} would [interest me|be of interest to me|help me a lot], '
    'if you could [show it|show me]',
    'do you [happen to|perhaps|] know what is [written|noted] in {p}? [Please have a '
    'look|Kindly have a look|If not, please look]',
    'kindly let me have the [whole|full|complete] text of {p}',
    'I [am not sure|wonder] [if|whether] {p} is still [correct|up to date], so I need to '
    '[read|see] [what it says|its text|its contents]',
    'what was it again that we [put|wrote|noted] [down|] in {p}?',
    'there is a file {p}[ here| in this folder|], [and I would like to read it|which I would '
    'like to read|and I am curious what it says]',
    'nobody [here|in the office] can tell me what {p} [says|contains]; [can you|could you|would '
    'you]?',
    'for the [minutes|record|newsletter] I need the [text|wording] of {p}, [so please show '
    'it|so please read it to me|as it stands now]',
    'please [have a look at|look through|go over|glance at] {p} and let me know what [it '
    'says|is written there|you find in it]',
    'I was told [to read|to look at] {p}[, but I do not know how to open it|, but cannot open '
    'it myself]. [What does it say|What is in it]?',
    'I was hoping you could [open|look at] {p} for me. [What does it say?|I would like to hear '
    'what it says|I would like to read it]',
    'once you have [looked into|opened] {p}, [would you tell|please tell|kindly tell] me what '
    'it [says|contains]',
    '[as far as you can see|could you tell me], what does [the file|our file|] {p} '
    '[say|contain|tell us]?',
    'how does [the text of|the text in|] {p} [read|go]?',
    'the file is {p}, and my question is [simply|only|] what it [says|contains]',
    '{p} - [what did we write there|may I see it|would you read that one to me|what does that '
    'one say]?',
    'is it possible [to show|for you to show] me [all of|everything in|what stands in] {p}?',
    'I have [forgotten|lost track of] [what is in|the wording of|what we noted in] {p}, [so '
    'please show me|and would like to see it]',
    'all I [want|need|ask] is to [see|read] [what is in|] {p}, [if that is possible|please]',
]

BACK = [
    'kindly [read|show] [it|the file] to me [once more|so that I can check it|afterwards]',
    'be so kind as to [show|read] me [what the file says|the text of the file|the result]',
    'let me [see|know|check] what the file [says|contains] [in the end|now|afterwards|]',
    'I would like to [see|read|check] [the file|it|the finished file|the finished text]',
    'tell me [how the file reads|what the file says|what stands in it|what is written in it] '
    '[in the end|now|]',
    'I should be glad to [see|hear] what [it|the file] says [now|in the end|]',
    'please [read out|show me] [the finished file|the whole file|everything in it|its text]',
    'let me [have|see] [the text of the file|its text|its contents|the full text]',
    'show me [its text|what it says|how it looks|the whole of it] [so that I can be sure|to be '
    'on the safe side|]',
    'I would like to hear [what is in it|what it says|what the file says]',
    'have a look [into it|at the file] and tell me what [it says|is there|you find]',
    'would you [read|show] me {p}',
    'I want to be sure of the text, so [show me the file|read it to me|let me see it]',
    'give me [its text|the text of the file|the whole text] [to check|to read|for the minutes|]',
    'let us [look at|read|check] [the file|it|{p}] [together|once more|]',
    'report to me [what the file contains|what it says|what is written in the file]',
    'kindly [open|look at] {p} and [tell me|let me know] what it says',
]

REPLACE = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[replace|exchange] {o} [in|in the file] {p} [with|by] {n}',
    'I [notice|noticed|see] that {p} [still says|still has|mentions] {o}, [but|although|while] '
    '[it should read|the correct wording is|we now say] {n}. [Could you correct that|Please '
    'correct this|Would you change it]',
    'afterwards {p} should [say|read|contain] {n} where it [now|still|currently] '
    '[says|reads|has] {o}',
    'what is now {o} in {p} [should|ought to|has to] [become|be|read] {n} [from now on|]',
    'I made a mistake in {p}: I [wrote|typed|put] {o} [but meant|when I meant|where I should '
    'have written] {n}. [Please correct it|Would you put it right|Could this be corrected]',
    'would it be possible to have {n} [in place of|rather than|instead of] {o} in {p}',
    'my colleague [pointed out|says|tells me] that {o} in {p} is [wrong|outdated|a mistake] and '
    'that {n} [is right|is correct|should be there]. [Please change it|Kindly correct it|Would '
    'you change that]',
    '[the committee decided|we agreed] that {o} [will be called|is now called|becomes] {n}, '
    '[and {p} should say so|so please change it in {p}|so {p} needs to be changed]',
    'the [word|wording|expression] {o} [no longer fits|is out of date] in {p}; [we '
    'prefer|please use|the new wording is] {n}',
    'in {p} you will [find|see] {o}. [It should|That should|It ought to] [say|read|be] {n} '
    '[instead|]',
    'in {p} there is [still|] {o}, [for which we need|which should be replaced with|which has '
    'to give way to] {n}',
    'if you [look into|open] {p} you will [find|see] {o}; [kindly|please] [change|correct] '
    '[it|that] to {n}',
    '{p} needs a [small|little|tiny] correction: {o} [should be|has to be|must become|should '
    'read] {n}',
    '{p}: not {o} but {n}, please [correct that|change it]',
    '{n} is the [right|correct|proper] [word|wording], not {o}. [Please correct|Would you '
    'correct|Kindly change] this in {p}',
    '{n} [should|ought to|is to] [stand|be] in {p} [where we have|where there is|in the place '
    'of] {o}',
    'we no longer [say|use|want] {o}, we [say|use|want] {n}. [Please change {p} '
    'accordingly|Would you adapt {p}|{p} should be changed to match]',
    'I would [prefer|like|rather have] {n} [to|over] {o} in {p}, [so please change it|so kindly '
    'exchange it]',
    'I am not [happy|pleased] with {o} in {p}. [Could we have|Please put|I would rather read] '
    '{n} [there|in its place]',
    'there is a [mistake|slip|typing error] in {p}: [it says|it reads|we wrote] {o}, [and it '
    'should|but it should|which should] [say|read|be] {n}',
    'kindly [correct|amend|adjust] {p}, [where|in which] {o} [must|has to|should] [be changed '
    'to|become|make way for] {n}',
    'nothing in {p} should [change|be altered] [except|apart from|but] {o}, which '
    '[becomes|should become|turns into] {n}',
    'I [wonder|was wondering] [if|whether] you could [change|turn|alter] {o} [into|to] {n} [for '
    'me|] in {p}',
    'it would be [kind|lovely|good] if {p} [said|read|had] {n} [instead of|in place of|rather '
    'than] {o}',
    'somebody [wrote|put|typed] {o} [into|in] {p}, [and that is wrong|by mistake|which is not '
    'right]. [Make it|It should be|Please turn it into] {n}',
    'from [today on|now on|Monday on] {o} is {n}, [and we have to change that in {p}|please '
    'update {p}|so {p} must be updated]',
    'wherever [I have written|we have|one reads] {o} in {p}, I [would like|want|need] {n}',
    'the [members|parents|auditors] [stumbled over|complained about|do not understand] {o} in '
    '{p}; [let us write|please write|we should write] {n} [instead|there]',
    'o dear, {p} still [has|says] {o}! [It should be|Please make it|That has to be] {n}',
    'old wording: {o}\nnew wording: {n}\n[Please change this in|The file is|The file to correct '
    'is] {p}',
    'one should not [find|read] {o} in {p} [any more|any longer], but {n} [instead|in its place]',
    'may I ask you to [exchange|replace|change] one thing in {p}? [Where it says|Instead of] '
    '{o} it should [say|read] {n}',
    '[a small change|one correction|a correction] [to|in|for] {p}, [if I may|please]: {o} '
    '[becomes|should become|is now] {n}',
    'instead of {o} I would [like|prefer] to [read|see|have] {n} in {p}',
    'be so good as to [remove|strike out|take out] {o} in {p} and to [write|put] {n} in its '
    'place',
    'with regard to {p}: [the part|the wording] {o} is to be [replaced with|replaced by|changed '
    'to] {n}',
    'for {o}, {p} should [from now on|now|] have {n}',
    '{o} ([it is in|to be found in|in the file] {p}) is [wrong|not correct|outdated] and should '
    '[be|read|say] {n}',
]

KEY = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [look up|find out|tell me] the {k} '
    '[in|from|given in] {p}?',
    'I [can never|never can|cannot] remember the {k}. [It should be in|It is written in|I '
    'believe it stands in] {p}[, could you look it up|, please have a look|]',
    'would it be possible to [look up|find out|check] the {k} in {p}?',
    'my colleague [asks about the {k}|wants to know what the {k} is|is asking for the {k}], '
    'which [is|should be|must be] in {p}',
    'somewhere in {p} [there is|we noted|it gives] the {k}; [what is it|would you tell me what '
    'it is|could you find it for me]?',
    'for the [form|report|minutes|invoice] I [need|must fill in] the {k}, [which you will find '
    'in|as given in|which is noted in] {p}',
    'I am [filling in a form|writing a letter] and [they ask for|need] the {k}; [please look '
    'in|it is in|it should be in] {p}',
    'you will find the {k} in {p}. [What is it|Could you tell me what it is|Would you read it '
    'to me]?',
    'may I [ask|know] what {p} [says about|gives for|has for|gives as] the {k}?',
    'may I ask you for the {k}? [We keep it in|It is in|You will find it in] {p}',
    'do you [happen to|perhaps] know the {k}? [It is written in|The file to look at is|I think '
    'it is in] {p}',
    'I [have forgotten|do not recall] the {k} that [we noted|is noted|we put down] in {p}',
    'we [noted|wrote down|recorded] the {k} in {p}, [and I would like to know it|and now I need '
    'it|but I forgot it]',
    'could you [have a look at|look into|consult] {p} and [let me know|tell me] [what the {k} '
    'is|what it gives as the {k}|the {k}]?',
    'I [wonder|was wondering] what the {k} [in {p} is|is, according to {p}|might be; {p} should '
    'have it]',
    'it is the {k} that I am [after|looking for|interested in], and it [is|stands|should be] in '
    '{p}',
    'of all [that is|the things] in {p}, I [only|just] need [to know|] the {k}',
    'not the whole of {p}, [please, only|just|only] the {k}',
    'the {k}, as [noted|given|stated] in {p}, [would be helpful|is what I need|is what we are '
    'asked for]',
    'the {k} is [somewhere|noted|written] in {p} - [would you find it for me|what is it|could '
    'you tell me]?',
    '{p} should [tell us|give us|contain] the {k}. [What is it?|Would you look it up?|Please '
    'tell me]',
    '{p} - the {k} [in there|in it|you find there], please [tell me|let me know]',
    'in {p} we have [noted|put down] the {k}, [and I am asked what it is|please tell me what it '
    'is]',
    'what did we [agree on|put down|enter] as the {k} in {p}?',
    'what have we [got|noted|entered] for the {k} in {p}?',
    'according to [what we wrote in|the file|our file] {p}, what [would|might] the {k} be?',
    'people [keep asking|are asking] [me|us] [about|for] the {k}. [What is written in {p} about '
    'it|{p} must have it, please look]',
    'kindly [consult|check] {p} [as to|about|regarding] the {k}',
    'as regards the {k}: what [is noted|is written|do we have] in {p}?',
    'if I [remember|am] [correctly|right], {p} gives the {k}; [please tell me what it is|I need '
    'to know it|what does it say?]',
    'I would be [grateful|thankful|obliged] for the {k} [from|in|that is in] {p}',
    'the treasurer [needs|asks for|would like to have] the {k} from {p}',
    'is the {k} [noted|given|recorded] in {p}, and if so, what is it?',
]

LINE = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] read me the {w} line [of|in] {p}?',
    'would it be possible to [see|hear|read] [only|just|] the {w} line of {p}?',
    'I [only|just|merely] need the {w} line of {p}, [not the rest|nothing else|not the whole '
    'text]',
    'of {p} I would like to [see|read|know] the {w} line [only|alone|and no more]',
    'my colleague [asks|wants to know] what [the {w} line of {p} says|is written in the {w} '
    'line of {p}]',
    'I [cannot|can never] remember [how the {w} line of {p} goes|what the {w} line in {p} was]',
    'may I ask what [stands|is written] [in|on] the {w} line of {p}?',
    'in {p}, it is the {w} line that [interests me|I need|matters to me]; [what does it '
    'say|please read it to me|kindly show it]',
    '{p} has [several|some|many] lines, [but I need only|and I would like to hear] the {w} one',
    'kindly let me [know|have|see] the {w} line [that is|] in {p}',
    'the {w} line of {p} [would be enough|is all I need|is all I want to see], thank you',
    'have a look at {p}, if you would, and read me [just|only|] the {w} line',
    'how does the {w} line of {p} read?',
    'could you quote [to me|] the {w} line of {p}?',
]

COUNT = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [count the lines in|count how many '
    'lines there are in] {p}?',
    'would it be possible to [count|find out the number of] [the|all the] lines in {p}?',
    'I wonder how [many lines {p} has|many lines there are in {p}|long {p} is, in lines]',
    'I need to know [how many lines|the number of lines that] {p} [has|contains] [by now|in '
    'total|]',
    'my colleague [asks|wants to know] how many lines [there are|we have] in {p}',
    'there [should be|ought to be] [quite a few|several] lines in {p}; how many [are there|are '
    'they|do you count]?',
    '{p} has grown [quite long|a good deal]. How many lines [are there by now|does it have|do '
    'you count]?',
    '{p} [is a list with one entry per line|has one member per line]; how many lines [are '
    'there|are in it]?',
    'for the [report|minutes] I [must|have to] state how many lines {p} has',
    'may I ask how many lines [are in|there are in|make up] {p}?',
    'kindly [count|go through and count] the lines [in|of] {p} and let me [know|have] the number',
    'the number of lines in {p} [is what I need|would interest me|is all I need to know]',
    'I do not need the text of {p}, [only|just] [the number of its lines|how many lines it has]',
    'how long is {p}, [counted in lines?|I mean, how many lines does it have]',
]

SET = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[change|set] the {k} in {p} to {n}',
    'would it be possible to have the {k} in {p} [set|changed] to {n}',
    'afterwards the {k} in {p} should [be|read|say] {n}, [whatever it is now|whatever it was '
    'before]',
    'the {k} in {p} is [no longer correct|out of date|wrong]; it [should be|has to be|is now] '
    '{n}',
    'we have [agreed on|decided on] {n} for the {k}. [Please enter that|Would you enter it|It '
    'should be changed] in {p}',
    'my colleague [says|tells me] that the {k} [should|ought to] be {n}. [Please change it in '
    '{p}|Would you put that into {p}|Kindly correct {p}]',
    '{p} [gives|has|contains] the {k}, and that [has to|must|should] be [changed to|set to|] '
    '{n} [from now on|]',
    '{n} is the new {k}. [Please update {p}|Would you enter it in {p}|{p} should be updated]',
    '{n} [should|ought to|shall] be the {k} in {p} [from now on|]',
    'in {p} [you will find|there is|we have] the {k}. [Its value should be|Please make it|I '
    'would like it to be] {n}',
    'the {k} has [changed|been changed], it is {n}[ now|]. [Could {p} be corrected|Please '
    'correct {p}|Please note that in {p}]',
    'as [agreed|decided] [yesterday|by the committee], the {k} [becomes|is to be|will be] {n}; '
    '[please change {p}|{p} has to be changed]',
    'I [wonder|was wondering] [if|whether] you could [change|set|put] the {k} [that is given|] '
    'in {p} to {n}',
    'it would be [kind|good|lovely] if the {k} in {p} [were|could be] {n}',
    'kindly [see to it|make sure] that the {k} in {p} is {n}',
    'whatever {p} [says|has] [now|at present] for the {k}, it [should|must] [say|be|have] {n}',
    'only one thing in {p} [needs to change|is to be changed]: the {k}[, which should be|, it '
    'becomes|, make it] {n}',
    'new {k} for {p}: {n}. [The old one may go|Please enter it|The old one is no longer valid]',
    '(file {p}) the {k} [shall|should|is to] be {n}, please',
    'I would [like|prefer] {n} as the {k} in {p}, [if that can be done|if you please|in place '
    'of the old one]',
    'the old {k} in {p} is [not valid|wrong|too old]; [enter|put|write] {n} there [instead|]',
    'would you [adjust|adapt|correct] the {k} in {p}? [It should be|The right value is|We need] '
    '{n}',
]

LIST = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [tell me|show me] [which|what] files '
    '[we have|there are] [here|in this folder]?',
    'would it be possible to [see|get|have] [a list|an overview] of [the|all the] files '
    '[here|in this folder|we have here]?',
    'I [have lost track of|no longer know|can never remember] [what files|which files] [are|we '
    'have|we keep] [here|in this folder]',
    'may I [see|know] [what|which] files [you have here|are kept here|are in this folder]?',
    'I am [new|a stranger] here, so [please tell me|would you tell me|kindly show me] which '
    'files there are [in this folder|here]',
    'my colleague [asks|would like to know] which files [we keep|there are|you see] [here|in '
    'this folder]',
    'before [we begin|I start|the meeting], I would like [an overview of|to see] the files [in '
    'this folder|that are here]',
    'kindly [tell me|let me know|show me] what [there is in this folder|this folder '
    'contains|files this folder has]',
    'I would [appreciate|be grateful for] [a list|an overview|the names] of the files [here|in '
    'this folder]',
    'could you [have a look|look around] [in this folder|here] and tell me which files [there '
    'are|you find|you see]?',
    'I wonder [what files|which files] [might be|there are|are lying about] [here|in this '
    'folder]',
    'what [have we got|is there] [here|in this folder] in the way of files?',
    'to get an [overview|idea], I need the names of [all|] the files [here|in this folder]',
    'please [give|read] me the [file names|names of the files] [in this folder|that you see '
    'here|you find here]',
    'I [do not know|am not sure] [what is in this folder|which files this folder has]; [could '
    'you look|would you tell me]?',
    'this folder is a [mystery|puzzle] to me. [What files are in it|Which files does it '
    'contain|What is in it]?',
    'somebody has [tidied up|put files] here, so [what files are there now|which files do we '
    'have now]?',
    'the [secretary|auditors|committee] [asked for the|wishes to see the] names of [all|] the '
    'files in this folder',
    '[an overview of|the names of all] the files in [this folder|the current folder] would '
    '[help me|be useful|be welcome]',
    'all the [files|file names] [here|in this folder], [please, I need an overview|if you could '
    'show me|one after the other, please]',
    'it would be [kind|good] to know [what files|which files] are [in here|in this '
    'folder|around here]',
    'do we [keep|have] any files [here|in this folder], and [which ones|if so, which]?',
    'would you [mind telling|be able to tell|kindly tell] me what is [kept|stored|to be found] '
    'in this folder?',
    'I [was just given|have just opened] this folder and [wonder|would like to know] [what is '
    'in it|which files it has]',
    'let me [know|have] the names of [everything|all files] [in this folder|we have here]',
    'how about [a list|an overview] of [the files here|what is in this folder]?',
    'I [should|would] like to know [what is here|which files are here|what we have in this '
    'folder] [before I go on|before we start|]',
    'for the [inventory|handover] I need to know which files [are|we have] [in this folder|here]',
    'please [look at|check] this folder and [name|tell me] the files [in it|it contains]',
    'the files [in this folder|we have here], what are they [called|named]?',
    'I [cannot see|do not see] from here which files [we have|there are in this folder]; [can '
    'you?|please tell me|could you show me?]',
    'what are the files in this folder [called|named][, if I may ask|, please|]?',
]

LIST_FOLDER = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [tell me|show me] [which|what] files '
    'are in the folder {p}?',
    'would it be possible to [see|have] a list of [the|all the] files in [the folder|] {p}?',
    'I can never remember [what|which files] we [keep|have] in the folder {p}',
    'my colleague [asks|wants to know] [what is|which files are] [kept|] in the '
    '[folder|directory] {p}',
    'there is a folder [called|named] {p} here; [what files are in it?|what does it '
    'contain?|please tell me what is in it]',
    'we have a folder {p}, and I [wonder|would like to know] which files [are in it|it holds|it '
    'contains]',
    'may I [know|see] [what|which files] the folder {p} contains?',
    'kindly [have a look|look] into the folder {p} and [tell me|let me know] which files [are '
    'there|you find]',
    'the folder {p}: [which files are in it|what do we keep there|what is in there]?',
    'I need [an overview|the names] of the files [in|inside|that are in] the folder {p}',
    'what have we [got|stored] in the folder {p}?',
    'I have not [looked|been] into the folder {p} for [a while|ages]. What [is in there|files '
    'are there]?',
    '{p} is [a folder|one of our folders], and I would like to [see|know] [what is in it|its '
    'files|which files are there]',
    'not here, but in the folder {p}: which files [are there|do you see|exist]?',
    'please go to the folder {p} and [tell|read] me the names of the files there',
    'could you list for me [what the folder {p} holds|everything that is in the folder {p}]?',
    'the names of [all|] the files in the folder {p} [would help me|are what I need]',
]

SEARCH = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to] [find out|tell me] which [file|of the '
    'files] [mentions|contains] {w}?',
    'I know [we wrote|I wrote|it says] {w} somewhere, but [I forgot in which file|I cannot '
    'recall which file it was|in which file]',
    'I can never remember [which file {w} is in|where we put {w}|in which file we noted {w}]',
    'would it be possible to [find out|check] which file [mentions|contains|has] {w}?',
    'my colleague is [asking|looking] for {w}. [Which file is it in|Which of the files mentions '
    'it|In which file is that]?',
    'one of [the files|our files|these files] [must|should|ought to] [mention|contain] {w}; '
    '[which one?|which one is it?|please tell me which one]',
    '{w} [must|should] be [somewhere|written somewhere] in [our|these|the] files. [Where|In '
    'which one|Could you find it]?',
    '{w} is what I am [looking for|after], but I do not know [which file it is in|in which file '
    'it stands]',
    'I am [trying|hoping] to find [the place|the file] where {w} [is mentioned|is written|comes '
    'up]',
    'somebody [mentioned|wrote] {w} in one of [the|our|these] files; [I need to know '
    'which|which one is it|do find out which]',
    'may I ask in which [file|of these files] {w} [comes up|is to be found|is mentioned]?',
    'could you [look through|go through] [the|all the|our] files and tell me [which one '
    'has|where it says|which one mentions] {w}?',
    'kindly [look|see] [which file mentions|in which file we have|in which file there is] {w}',
    'I [wonder|was wondering] [which|whether any] file [here|] [mentions|contains] {w}',
    'I have been looking for {w} [all morning|for an hour] [without success|in vain]. [Which '
    'file is it in|In which file might it be]?',
    'do we have {w} in any of [our|the|these] files, and [if so, in which|in which one]?',
    'in which of [our|these|the] files did [we|I|somebody] [write|mention|note] {w}?',
    'the [word|entry|expression] {w} [comes up|appears] in one of the files, [but which|and I '
    'need to know which one]?',
    'I would [like|be glad] to know where [among|in] [our|the] files {w} [is|can be found|is '
    'written]',
    'please find [for me|] the file that [has|speaks of|mentions] {w}',
    'it is about {w}: [which file mentions it|which of the files has that|where do we have it '
    'in the files]?',
    'where did we [put|write|note] [down|] {w}? [It must be in one of the files|One of the '
    'files has it|Some file here has it]',
    'where might I find {w} in [these|our|all these|the] files?',
    'I [only|just] remember {w}, but not the [file|name of the file] [it is in|where it is '
    'written]',
    'if any [file here|of these files] [mentions|contains] {w}, I would like to know which '
    '[one|]',
    'the auditors [asked about|want to see] {w}; [please find out which file has it|which file '
    'mentions it?|where in our files is it?]',
    'help me find {w}, [it is in one of these files|I forgot which file has it|some file must '
    'mention it]',
    'all I remember is {w} - which file [was that in|is it in|has it]?',
    'we need [to know|to find out] [where|in which file] {w} [is mentioned|comes up|stands]',
    'is there [a file|any file] [here|among these|] that [mentions|contains|speaks of] {w}?',
    'through all [the|these|our] files, [please|kindly] look for {w} and tell me [where it '
    'is|which file it is in]',
    'has anyone [written|noted|mentioned] {w} in [one of the files|these files|any file here]? '
    'If so, in which?',
]

RUN = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[run|carry out|execute] the command {c}',
    'would it be possible to [run|execute|carry out] a command for me? [It is|The command is|I '
    'mean this one]: {c}',
    'I was [told|asked|advised] to [run|execute] {c} and [report|pass on|write down] what '
    '[comes out|it says|it shows]',
    'my colleague [gave me|sent me|dictated] a command, [and I do not know how to run it|would '
    'you run it for me|please run it]: {c}',
    'my colleague says [one has|we have|I have] to run {c} and look at [the output|what comes '
    'out|the result]',
    'I [do not know|have no idea] how one [runs|executes] a command. [Could you do it for '
    'me|Would you do this one for me|Please do it for me]? {c}',
    'the command is {c} and I would like to [know|see] what it [prints|says|shows|gives]',
    'the command {c} [should|has to|needs to] be [run|carried out|executed], [please|if you '
    'would]',
    'kindly [run|execute|carry out] {c} and [let me know|tell me] [what it says|the '
    'outcome|what comes of it]',
    'may I ask you to [execute|run|carry out] [the following command|this command]: {c}',
    'what would [I|we|one] see [after running|on running|when running] {c}?',
    'I am curious what [one gets from|comes out of|the outcome would be of] {c}',
    'I would be [grateful|glad|obliged] if you could run {c} and [show me the output|tell me '
    'what it says|pass on the result]',
    'according to the [manual|instructions|notes] [I should run|we should run|one has to run] '
    '{c}[, could you do that|, please do so|]',
    'the [instructions|notes] say to [run|type] the command below, [please do that for me|would '
    'you do it]:\n{c}',
    'please type {c} [in the terminal|in the command line|at the prompt] for me and tell me '
    'what [appears|it says|comes up]',
    'I [wonder|was wondering] [if|whether] you [could|would] [run|try] {c} for me',
    'I [wonder|am wondering] what {c} [would print|would show|says] [today|at the moment|]',
    '{c} - [could you run that|please carry that out|would you run this command] and [tell me '
    'what happens|show me what it prints|report back]?',
    '{c} [is the command|is a command] [I was given|my colleague uses]; please [run it|execute '
    'it] and tell me [the result|what it says]',
    '{c}\n[Please run this|Would you run the command above|Kindly carry out the above] and '
    '[tell|show] me [what it says|the result]',
    'for the [report|minutes|record] I need [what {c} prints|to know what {c} prints|the result '
    'of the command {c}]',
    'it would be [kind|lovely|helpful] if you [ran|could run|executed] {c} [and told me what it '
    'prints|and told me the result|]',
    'could you [start|launch|execute] {c} on this [computer|machine] and [let me see|show me] '
    '[what it says|what it prints]?',
    'I [must|have to] know [what the computer answers to|which answer one gets from] the '
    'command {c}',
    'be so kind as to run this [command|] and [read|show|tell] me [what comes out|the result]: '
    '{c}',
    'here is a command that [should be run|needs running|I would like to have run]: {c}',
    'without [knowing|having seen] the output of {c} [I cannot go on|we cannot go on], so '
    'please run it',
    'please [check|see|find out] what you get [from|with|on running] {c}',
    'once you have run {c}, [tell me|let me know|I would like to hear] [what it said|the '
    'outcome|what came out]',
    'the output of {c} [is what I need|would interest me|is wanted for the report]',
    'is it possible to run {c} here? [If so, please do|Please do and tell me what it says|I '
    'need to see its output]',
]

CHORES = {
    'mv': [
        '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
        'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
        'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
        'putting our papers in order|I have a small request]. [Would you kindly|Could you '
        'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
        '[rename|give a new name to] the file {a}[: it should be called|, which should be '
        'called|; the new name is] {b}',
        'the file {a} has the wrong name. It should be [called|named] {b}',
        'afterwards the file {a} should be [called|named|known as] {b}, [with its text '
        'unchanged|with the same text]',
        'would it be possible to [give {a} the name|rename {a} and call it] {b}',
        'I would [like|prefer] {a} to be [called|named] {b} [from now on|]',
        '{b} would be a better name for the file {a}, [please rename it|so please rename '
        'it|would you rename it]',
        '{a} is not a good [file name|name for a file]; [let us call it|please call it|rename '
        'it, please, to] {b}',
        'my colleague [finds|thinks] that {a} should [be renamed to|have the name|be called] {b}',
        'kindly let {a} have the [new name|name] {b}',
        'the name {a} is [confusing|misleading]; I would like that file to [be called|have the '
        'name] {b} [instead|]',
        'what is now called {a} [should|ought to|is to] be called {b} [in future|from now on|]',
        'I [named|called] a file {a} by mistake, [its name should be|it should have been|it '
        'ought to be called] {b}. [Please rename it|Would you rename it|Could you put that '
        'right]',
        'new name for {a}: {b}, [please|if you would]',
        'there should be no {a} any more, but the same file [under the name|called] {b}',
    ],
    'cp': [
        '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
        'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
        'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
        'putting our papers in order|I have a small request]. [Would you kindly|Could you '
        'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
        'make a [second copy|copy|duplicate] of {a} [under the name|named|and call it] {b}',
        'I would like to have {a} twice, [the second one called|the second time under the name] '
        '{b}',
        'before [anybody changes|we change] {a}, [please keep a copy of it|I would like a copy '
        'of it kept] [as|under the name] {b}',
        'would it be possible to [copy|duplicate] {a} and [call the copy|name the copy] {b}',
        'afterwards there should be [both|] {a} and {b}, which is [its copy|a copy of it]',
        'my colleague needs [a copy|a duplicate] of {a}, [named|called|under the name] {b}',
        'a copy of {a} is needed, [and it should be called|named|under the name] {b}',
        'the original {a} should stay [as it is|where it is], but I also need a copy [of it|] '
        '[called|named] {b}',
        'kindly [duplicate|copy] {a}; the [copy|duplicate] [should be called|is to be named] {b}',
        'to be on the safe side, let us [have|keep] a copy of {a} [as|under the name|called] {b}',
        '{b} should be a [copy|duplicate|faithful copy] of {a}',
        '{a} [must not|should not] get lost, so [please copy it to|make a copy of it '
        'called|keep a copy as] {b}',
    ],
    'rm': [
        '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
        'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
        'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
        'putting our papers in order|I have a small request]. [Would you kindly|Could you '
        'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
        '[delete|remove|throw away] the file {a}',
        'we [no longer need|have no more use for|do not need] the file {a}. [It can be '
        'deleted|Please delete it|Would you remove it]',
        'afterwards there should [no longer be a file|be no file|not be any file] {a}',
        'would it be possible to [have {a} deleted|remove the file {a}|throw the file {a} away]',
        'the file {a} is [out of date|old|of no use any more] and [should|can|may] [go|be '
        'deleted|be thrown away]',
        'the file {a} was [made|created|saved] by mistake; [please remove it|kindly delete '
        'it|it should be deleted]',
        'my colleague [agrees|says] that {a} [can|may|should] be [deleted|thrown away|removed]',
        'I [do not want to see|would rather not have] the file {a} [here|in this folder] any '
        'longer, [please delete it|so kindly remove it]',
        '{a} [has served its purpose|is no longer needed], [please delete the file|so the file '
        'can be deleted|would you delete it]',
        'kindly [dispose of|throw away|discard] the file {a}',
        'could we [delete|throw away|do without] the file {a}? [Nobody needs it|It is no longer '
        'needed], so please remove it',
        'for reasons of privacy, the file {a} [must|has to] be [deleted|erased|removed]',
        'please see to it that the file {a} [is deleted|disappears|is gone]',
    ],
    'mkdir': [
        '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
        'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
        'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
        'putting our papers in order|I have a small request]. [Would you kindly|Could you '
        'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
        '[set up|create|prepare] a [new|] folder [called|named|with the name] {a}',
        'I would like to [keep|put] our papers in a folder of their own. [Please create it, the '
        'name is|It should be called|Please make one called] {a}',
        'afterwards there should be a [new|] folder [called|named|by the name of] {a} [here|]',
        'would it be possible to [have|get|set up] a [new|] folder [called|named|with the name] '
        '{a}',
        'we [do not have|still lack] a folder [called|named] {a}. [Please create one|Would you '
        'make it|Could you set it up]',
        'my colleague [asked for|needs|wants] a [new|] folder {a}',
        'a new folder [called|named|with the name] {a} would [help us|be useful|keep things '
        'tidy]',
        'kindly [set up|prepare|open] a folder [called|named|under the name] {a}',
        'there is no folder {a} [yet|so far], [please make one|so please create it|would you '
        'create it]',
        '{a} should be [a new folder|the name of a new folder][ here|], [please create '
        'it|kindly make it]',
        'for [the new year|next term|the minutes] I need an empty folder [called|named|] {a}',
        'let us have a [separate|new] folder {a} [for [the meeting|the office|the club|the '
        'committee|the new members|my colleague]|]',
    ],
}

JOINS = [
    ', and once that is done, ',
    '. Once you have done that, ',
    '. After you have done so, ',
    ', and when you have finished, ',
    '. As soon as that is finished, ',
    '. In a second step, ',
    '. Following that, ',
    ', and following that, ',
    ', and as a next step ',
    '. As a next step, ',
    '. When you are ready with that, ',
    '. I have a second request: ',
    '. And here is the second thing: ',
    '. My second wish: ',
    ', and in addition ',
    '. Finally, ',
    ', and finally ',
    ', and lastly ',
    '. Having done that, ',
    '. There is one more thing: ',
    '. One more request: ',
    '. If that worked, ',
    ', and also ',
    '. Subsequently, ',
    '; once this is finished, ',
    ' - and after that, ',
]

RUN_IT = [
    'kindly [run|start|execute] it [and let me know what it says|and tell me what comes out|and '
    'show me the result|]',
    'I would like to [see|know] what [it prints|it says|comes out] when it is run',
    'let me [know|see] what [happens|it prints|comes out] when you run it',
    'be so kind as to [run|start|try out] {p}',
    'please [start|try|execute] {p} and [tell|show] me what it [says|prints]',
    'tell me what it [says|prints|shows] when [you run it|it runs|it is started]',
    'I would be glad if you could [run|start] it [with {i}|once|] and [tell me the result|tell '
    'me what it prints]',
    'start it [with {i}|by means of {i}|using {i}] and [report|tell me] what [it prints|comes '
    'out]',
    'use {i} to run {p} [and show me what it prints|and tell me the outcome|]',
    'see what {p} [prints|says] when [you run it|it is run]',
    'have {i} run {p} [and tell me what you get|and let me know the result|]',
    'try it out [once|] and [let me know|tell me] what it [prints|says]',
    'give {p} a try[, I would like to see its output| and tell me what it says| and show me the '
    'result]',
    'let it run [once|with {i}|] and [read|show] me [the output|what it prints]',
]

SCRIPT = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[write|prepare] a [little|small|short] [script|program] [called|named|] {p} that '
    '[prints|shows] {t}',
    'when one runs {p}, it should [print|say|show|display] {t}; [please write it|would you '
    'write that script|please create the script]',
    'I need a [small|little|] [script|program] {p}. [All it has to do is print|When it is run '
    'it should print|Its only output should be] {t}',
    'would it be possible to [write|have] a [script|program] [called|named|] {p} which '
    '[prints|displays] {t}',
    'a [script|program] {p} that [shows the text|says|displays|prints the words] {t} would [be '
    'helpful|help me very much|be nice to have]',
    'my colleague [asked for|needs] a [script|small program] {p} [whose output is|that '
    'prints|which writes on the screen] {t}',
    'the [program|script] {p} does not exist yet; please write it so that [it prints|its output '
    'is|one sees] {t}',
    'kindly [prepare|create|write] {p}, a [script|program] that does nothing but print {t}',
    'I would like to see {t} on the screen [whenever|each time] [somebody runs|I run|one '
    'starts] {p}, so please write that script',
    '{t} should [appear|be printed|be shown] when [one runs|I run|somebody starts] {p}. [Please '
    'write the script|Would you write it|Please create that script]',
    '{p} should be a [little|small|] [script|program] [that prints|whose output is|that shows] '
    '{t}',
    'the new [script|program] is to be called {p} and should [print|output|say] {t}',
]

FIND_EDIT = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. One of [the|our] files '
    '[says|contains] {o}, [and it should say|which should be changed to|and this ought to read] '
    '{n}',
    'I forgot which file it was, but [one of them|it] [says|mentions] {o}, [and that should '
    'become|which should be|and this has to be changed to] {n}',
    'would you [kindly|please|] find the file that [mentions|contains] {o} and [write|put] {n} '
    '[there|in its place] [instead|]',
    'somewhere in [our|these|the] files [we wrote|there is|I wrote] {o}. [Please find it and '
    'make it|It should be found and changed to|Kindly find the place and write] {n}',
    'one of [these|our|the] files still has {o}; [please correct it to|would you change that '
    'to|kindly turn it into] {n}',
    'afterwards [the|that] file [which now says|that mentions|with] {o} should [say|have] {n} '
    '[in its place|instead], but I do not know which file it is',
    '{o} is [written|to be found] in one of the files and [is wrong|is out of date], [please '
    'replace it with|the correct wording is|it has to be] {n}',
    '{n} is right and {o} is wrong, [but I cannot recall which file has it|and it is in one of '
    'these files]; [please correct it|would you correct that]',
    'my colleague found {o} in one of our files, [I do not know which|she did not say in '
    'which]. [Please change it to|It should read|Would you make it] {n}',
    'I do not know which file has {o}[ in it|], but [it should be replaced with|please change '
    'it to|there it should say] {n}',
    'look through the files for {o}, [if you would|please], and [correct|change] it [to|into] '
    '{n} where you find it',
    'whichever file [mentions|contains|says] {o} should [mention|contain|say] {n} [instead|in '
    'its place]',
    'the wording {o} [occurs|is] in some file here; [please see which one and|find it, please, '
    'and] [use|write|put] {n} [in place of it|instead]',
]

FIND_READ = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. One of the files mentions {o}; [would '
    'you find it and read it to me|please find that file and show it to me]',
    'I forgot the name of the file, but it [mentions|contains] {o}, [and I would like to read '
    'it|please show me what it says|would you read it to me]',
    'I would like to read the file [that mentions|in which we wrote|that has] {o}, [but I do '
    'not know its name|whatever it is called|I forgot its name]',
    'would it be possible to find the file [with|that mentions] {o} and [show it to me|tell me '
    'what it says]?',
    'what does the file say [in which|where] {o} [is mentioned|comes up|is written]?',
    'one of these files [speaks of|contains|mentions] {o}. [What does that file say|Please read '
    'that file to me|Kindly show me that file]',
    'please see which file [has|mentions] {o} and then read [that file|it] [out|to me]',
    'my colleague [needs|asks for] the [text|contents] of the file [that mentions|that '
    'contains] {o}',
    'kindly look up which file [mentions|contains] {o} and [let me see|show me] [its text|the '
    'whole file|what it says]',
    '{o} is [mentioned|written] in one of the files, and I need to [read|see] [that file|the '
    'whole of that file]',
    'all I remember of that file is that it says {o}; [please find it and show it to me|would '
    'you find it and read it to me?]',
]

COPY = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] '
    '[transfer|copy] [the whole text of|the contents of|everything in] {a} [to|into] a [new|] '
    'file {b}',
    'would it be possible to have [the text|everything|all that stands] in {a} [also|once '
    'more|again] in {b}',
    'afterwards {b} should [say|contain] exactly what {a} [says|contains]',
    'what is [written|noted] in {a} [should|ought to] [also|likewise] be [written|found] in [a '
    'new file|the new file|] {b}',
    'I need the [text|contents|wording] of {a} [a second time|once more], [namely|this time] in '
    '[a file called|a new file|] {b}',
    'my colleague [wants|would like] [a file|a new file] {b} that [says the same as|has the '
    'text of|matches] {a}',
    'kindly take [everything that is in|the whole text of|all the lines of] {a} and put that in '
    'a new file {b}',
    'the text in {a} is [just right|exactly what we need], so please use it for a new file {b} '
    '[as well|too|]',
    'a new file {b}, [please, with the|if you would, with the] [very same|same] text as we have '
    'in {a}',
    '{b} does not exist yet; it should [get|have|receive] [the same text as|the contents '
    'of|everything that is in] {a}',
    'the contents of {a} are also [needed|wanted] in {b}, [word for word|line by line|unchanged]',
    'for {b} we simply [take|use|want] the [text|lines] of {a}',
]

MOVE_IT = [
    'kindly [give it the name|rename it to|call it by the new name] {b}',
    'I would like it to be [renamed to|called|named] {b} [from then on|]',
    'let the file [be called|have the name|be renamed to] {b} [in the end|from then on|]',
    'give [it|the file|{a}] the new name {b}',
    'change its name [from {a}|] to {b}',
    '[in the end the file|the file|{a}] should [then|] be renamed to {b}',
    'be so kind as to rename [it|the file|{a}] [to|so that it is called] {b}',
    'I prefer {b} as [a name for the file|its name], so rename it',
]

VALUE = [
    '[we are preparing the [meeting|annual report|school trip|summer party|budget]|the '
    'committee meets [tonight|on Friday|next week]|my colleague is waiting for this|the new '
    'term starts on Monday|our treasurer asked me about this|the auditors are coming|I am '
    'putting our papers in order|I have a small request]. [Would you kindly|Could you '
    'please|Would you be so kind as to|May I ask you to|Please|Kindly|I must ask you to] look '
    'up the {k} in {a} and [note it|write it|put it down] in a new file {b}',
    'would it be possible to have [just|only|] the {k} from {a} in a [new|separate] file '
    '[called|named|] {b}',
    'afterwards [a new file|the new file|] {b} should contain [nothing but|only|just] the {k} '
    'that {a} gives',
    'my colleague needs the {k} [from|given in|noted in] {a} in a file of its own, '
    '[namely|called|by the name of] {b}',
    'in {a} you will find the {k}. [Please write it|Its value should go|I would like it copied] '
    'into a new file {b}',
    'the {k} is [noted|given|written] in {a}; [would you save it in|it should also be in|please '
    'put only that value in] [a new file|the new file] {b}',
    'a new file {b} [should|is to] [hold|contain] [just|only] the {k}, [which is in|as it '
    'stands in|to be taken from] {a}',
    'from {a} I [only|just] need the {k}, [and I need it in|please save it in|kindly write it '
    'to] a new file {b}',
    'kindly [take over|copy] [only|just|] the {k} from {a} into a new file {b}',
    '{b} is to be a new file with [only|nothing but] the {k} in it, [the one given in|the one '
    'from|which you will find in] {a}',
    'not all of {a}, [only|just] the {k} [should be written|is to go|belongs] in the new file '
    '{b}',
]

GREETINGS = [
    '[a very|a wonderful|a pleasant] good [morning|afternoon|evening] to you[!|.|]',
    '[good morning|good afternoon|good evening|hello][,|!] [I hope you are well|I hope all is '
    'well|I trust you are well][.|]',
    '[good morning|good afternoon|hello], [it is a pleasure to meet you|how nice to meet '
    'you|nice to make your acquaintance][.|!|]',
    'dear assistant, [good morning|good day|hello][!|.|]',
    '[hello|good day], my name is [Anna|Paul|Rosa|Omar|Jane] [and I work in the office|from the '
    'club|and I am the treasurer|and I am a teacher][.|]',
    '[good morning|hello] [to everybody|everyone|to you all|dear colleague][!|.|]',
    '[hello|good afternoon], [is anybody|is somebody] [there|at home|listening|available]?',
    'may I [say good morning|say hello|wish you a good day|wish you a good morning]?',
    'I [just|only|simply] wanted to [say hello|greet you|say good morning|wish you a good '
    'morning][.|!|]',
    'I hope [I am not disturbing you|you are having a good day|you had a good weekend|you slept '
    'well][.|]',
    '[warm|kind|best|friendly] [greetings|regards] from [the office|our school|the club|the '
    'treasurer][!|.|]',
    'how are you [doing|feeling|keeping] [today|this morning|on this fine day]?',
    '[are you ready|shall we begin|shall we start|are you available][ today| this morning|]?',
    '[hello|good morning] [once again|once more|again], [here I am again|it is me again|I am '
    'back][.|!|]',
    'a happy [Monday|Friday|new week|new year][ to you| to you all|][!|.|]',
    'what a [lovely|beautiful|fine] [morning|day|evening], [is it not|hello|good day to '
    'you][!|?|]',
]

ABOUTS = [
    'may I ask [who you are|what you are|with whom I am speaking|who is answering me here|what '
    'your name is]?',
    'before we begin, [who are you|what are you able to do|what kind of assistant are you|what '
    'should I call you]?',
    'would you [kindly|please|] [introduce yourself|tell me who you are|tell me what you can '
    'do|say a few words about yourself]?',
    'I am new here. [What can you do for me|How can you help me|Who are you|What are you for]?',
    'I have never [used|worked with] [an assistant|a program] like you; [what are you able to '
    'do|how can you help me|what can I ask you]?',
    'what [sort|kind] of [things|tasks|requests|work] [can|may] I [give you|bring to '
    'you|entrust to you]?',
    'which [tasks|jobs|requests] are you [able|made|meant] [to handle|to take on|to help with]?',
    'I would like to know [a little|something|more] about you[ first|, if I may|]',
    'my colleague [told me about you|recommended you|says you are helpful]; [what can you '
    'do|who are you|what are you good at]?',
    'am I [speaking|talking|writing] to [a person|a machine|a human being|a computer program|a '
    'real person]?',
    'are you [a real person|a computer program|some kind of robot|an artificial intelligence], '
    'if I may ask?',
    'by what name [may|should|do] I [call|address] you?',
    'may I ask your name[, and what it means|]?',
    'what [would|do] you consider [your strengths|your tasks|your job][ to be|]?',
    'what were you [made|built|designed|created] for?',
    'who [was it that made|stands behind|is responsible for|developed] you?',
    'could you explain [to me|] [what you are|what you are good for|what you are able to '
    'do|your role here]?',
    'I wonder [who you are|what you are|what you can do|how you could be of help to me]',
    'I am not sure [what you can do|what I may ask you|how you can help me|what you are for]. '
    'Would you tell me?',
    'in what way [can|could|might] you [help|assist|support] [me|us|our office|the club|a '
    'treasurer]?',
    'how [large|big|clever|capable] a [model|program] are you?',
    'is there anything [you can|I should know that you can|you are able to] do for [me|us]?',
    'what are you [not able|unable|able] to do?',
    'please give me a [short|brief] [summary|overview|description] of [your abilities|what you '
    'can do|yourself]',
    'the committee [asks|would like to know] [which assistant we are using|what assistant you '
    'are|what you can do for us]',
    'does this [assistant|program|thing] have a name, [and what can it do|and who made it|and '
    'what is it for]?',
    'how would you describe [yourself|your abilities|your purpose|what you do][ in one '
    'sentence| to a beginner|]?',
    'excuse me, [who am I talking to|what are you exactly|what is it that you do|who are you]?',
]

BEYONDS = [
    'we are preparing the [meeting|assembly|anniversary]. Would you [write|draft|compose] [a '
    'speech|an opening address|a welcome speech] about the {a}?',
    'would it be possible to [compose|draft|write] a [letter|reply|friendly letter] to [our '
    'members|the parents|the landlord|the mayor] about the {a}?',
    'could you [help me phrase|draft|word] [an apology|an invitation|a complaint|a thank-you '
    'letter] [to {c}|to our {a}|about the {a}]?',
    'my pupils [are learning|have questions] about {a}. Could you explain [to them|] [how {a} '
    'came about|why {a} matters|what {a} means]?',
    'I am a teacher, and I need [a quiz|an exam|twenty questions|a lesson plan|a worksheet] '
    'about [{a}|the {c}|{a} and {c}]',
    'I would like to know your opinion [of|on|about] [{a}|our {a}|the new {c}]',
    'what do you [personally|honestly|] think [we should do about|of] [the {a}|our {a}|{c}]?',
    'do you [believe|think] that {a} is [better|cheaper|healthier|more beautiful] than {c}?',
    'which is [better|cheaper|wiser|nicer] for [our club|the school|an office], {a} or {c}?',
    'would you [recommend|suggest] [a restaurant|a hotel|a good book|a present] for [our {a}|my '
    '{a}|the whole committee]?',
    'somebody at the table asked [when|why|where] the [first|oldest] {a} was '
    '[built|invented|discovered]',
    'can you tell me the [history|origin|meaning] of [the {a}|the name {c}|our {a}]?',
    'in which [country|century|city] [was the {a} invented|did {c} live|did the {a} begin]?',
    'what is {a} in [French|Italian|Spanish|Latin|Polish]?',
    'how does one say {a} {c} in [French|Italian|Turkish|Greek]?',
    'please translate [our letter|our invitation|the speech] into [French|Spanish|Polish], [the '
    'guests come from abroad|as our guests speak nothing else]',
    'is it [legal|allowed|permitted|tax free] to [sell|rent out|import|give away] {a} in {c}?',
    'I have a [headache|sore throat|bad back]; what [should I take|do you advise|would help]?',
    'how many [people|guests|chairs] [fit in|will come to|are needed for] [our {a}|the {c} '
    'hall]?',
    'would you be so kind as to [proofread|improve|polish] [my speech|my English|our sermon][ '
    'for the {a}| about {c}|]?',
    'please think of [a motto|a slogan|a nice title|a theme] for our {a} '
    '[party|evening|newsletter|festival]',
    'I need [ideas|some good ideas|inspiration] for [the {a} party|a {a} evening|our next '
    'outing]',
    'tell the children a [story|fairy tale|bedtime story] [about|with] a {a} and a {c}',
    'our treasurer asks how much {n} [percent|per cent] of {m} [is|would be|comes to]',
    'if {n} members pay {m} [euros|pounds|dollars] each, how much [do we get|is that '
    'altogether|money is that]?',
    'there are {n} children and {m} [apples|sweets|places]; how many does each [get|receive]?',
    'would you [check|judge|assess] whether our [budget|balance|tax return] is '
    '[sound|correct|plausible]?',
    'what would be a fair [price|fee|wage] for [a {a}|{n} hours of {a}|our {a}]?',
    'I would like [a forecast|a prediction] of [our income|the number of members|the price of '
    '{a}] for next year',
    'could you [telephone|ring up|call] [the caretaker|our landlord|the school|my colleague] '
    'and [say that I am late|ask about the {a}]?',
    'would you [kindly|please|] send an [email|e-mail] to [all members|the parents|the '
    'committee|my colleague] [about the {a}|to remind them|]',
    'please [book|reserve] [a table|a room|{n} seats|a bus] for [our {a}|the committee|the '
    'school trip]',
    'please [order|buy] {n} [chairs|cups|stamps|sandwiches] for the [{a}|meeting|office]',
    'could you [fax|post] [our invitations|the letters] and [bring them to the office|send them '
    'to {c}|hand them out]?',
    'would you [arrange|schedule|organise] [a meeting|an appointment] with [{c}|the {a}|our '
    'accountant] [for Monday|for next week|]',
    'please [remind|wake] me [tomorrow morning|in an hour|before the meeting|on Friday]',
    'will the weather [be good|hold|stay fine] for our [{a}|summer party|school trip][ on '
    'Sunday| tomorrow|]?',
    'what is the [quickest|cheapest|nicest] way [to get|to travel] [to {c}|from {a} to {c}] by '
    '[train|bus|car]?',
    'when does the next [train|bus|flight] [to|for] {c} leave[ today|]?',
    'what is [in the news|going on in the world|happening in {c}][ today| this week|]?',
    'could you [transfer|pay] {n} [euros|pounds|dollars] to [{c}|our landlord|the {a} club]?',
    'would you [paint|draw|design] [a poster|a logo|a picture] [for our {a}|with a {a} on it|of '
    'the {c}]?',
    'please [play|sing] [something cheerful|a song about {a}|some music by {c}] [for the '
    'party|for us|]',
    'our club needs a [website|home page|web shop|mobile app] [for the {a}|with a {c} '
    'page|where members can sign up]. Could you [build|develop|design] it?',
    'would it be possible to [develop|build|program] [an app|a database|a booking system] that '
    '[manages our members|handles all our {a}|keeps track of the {a} for {c}]?',
    'the [cash register|booking system|library system] of our club [crashes every day|is far '
    'too slow|loses data]. [Could you find the reason|Would you repair it|Please put it right]',
    'my nephew says our {a} program should be [rewritten in {c}|made faster|made more secure]; '
    '[could you do that|would you take care of it]?',
    'I have no idea how {b} works[ inside|]. Would you [explain|describe] the [whole|entire] '
    'design[ to me|]?',
    'please [teach|train] me [to program|bookkeeping|how to play the {a}|how a {c} works]',
]
