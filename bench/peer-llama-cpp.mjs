// The same work on llama.cpp (npm node-llama-cpp, its prebuilt CPU library), for
// docs/performance.md: prefill of N_PROMPT tokens and greedy decoding of N_GENERATE, twice.
//
//     npm install node-llama-cpp
//     node bench/peer-llama-cpp.mjs MODEL.gguf [N_PROMPT] [N_GENERATE]
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [, , path, nPrompt = "512", nGenerate = "48"] = process.argv;
const llama = await getLlama({
    gpu: false, build: "never", maxThreads: 2, logLevel: LlamaLogLevel.error });
const model = await llama.loadModel({ modelPath: path, useMmap: true });
const context = await model.createContext({
    contextSize: Number(nPrompt) + Number(nGenerate) + 64, batchSize: 512, threads: 2 });
const sequence = context.getSequence();
const tokens = Array.from({ length: Number(nPrompt) }, (_, i) => (i * 7919) % 900);

async function timed(label, count, work) {
    const cpu = process.cpuUsage(), start = process.hrtime.bigint();
    await work();
    const used = process.cpuUsage(cpu), seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(`${label}: ${(count / seconds).toFixed(2)} tokens/s, ` +
        `${((used.user + used.system) / 1e3 / count).toFixed(2)} ms of processor time per token`);
}

for (let round = 0; round < 2; round++) {
    await sequence.clearHistory();
    await timed("prefill", Number(nPrompt),
        () => sequence.evaluateWithoutGeneratingNewTokens(tokens));
    await timed("decode", Number(nGenerate), async () => {
        let n = 0;
        for await (const token of sequence.evaluate([5], { temperature: 0, yieldEogToken: true }))
            if (++n >= Number(nGenerate) || token === undefined)
                break;
    });
}
process.exit(0);
