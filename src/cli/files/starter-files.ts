/** What `troupe init` writes: a workflow that runs as it is, without any model, and shows the most used parts. */
import { crewJsonSchema, type JsonObject, workflowJsonSchema } from '../../index.ts';

/** A file to write, by its path in the folder. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** The files, in the order in which a newcomer reads them. */
export function starterFiles(): StarterFile[] {
  return [
    { path: 'workflow.yml', text: WORKFLOW },
    { path: 'crew.yml', text: CREW },
    { path: 'schemas/workflow.schema.json', text: schemaText(workflowJsonSchema()) },
    { path: 'schemas/crew.schema.json', text: schemaText(crewJsonSchema()) },
  ];
}

const schemaText = (schema: JsonObject): string => `${JSON.stringify(schema, null, 2)}\n`;

const WORKFLOW = `# yaml-language-server: $schema=./schemas/workflow.schema.json
name: hello
description: Plan a greeting, write it, have it checked from two sides at once.

variables:
  audience: world

steps:
  - id: plan
    name: Plan a greeting for {{ variables.audience }}
    type: persona-request
    persona: planner
    params:
      audience: "{{ variables.audience }}"

  - id: write
    name: Write the greeting
    type: persona-request
    persona: writer
    dependencies: [plan]
    timeout: 1m
    # The first attempt of the scripted writer breaks off; the second succeeds.
    retries: { max: 2, delay: 300ms }
    params:
      tone: "{{ steps.plan.tone }}"

  - id: checks
    name: Checks
    type: parallel
    dependencies: [write]
    steps:
      - id: spelling
        type: persona-request
        persona: proofreader
        params:
          text: "{{ steps.write.text }}"
      - id: length
        type: persona-request
        persona: counter
        params:
          text: "{{ steps.write.text }}"

outputs:
  text: "{{ steps.write.text }}"
  letters: "{{ steps.length.letters }}"
`;

const CREW = `# yaml-language-server: $schema=./schemas/crew.schema.json
# Who plays which persona. Replace a scripted agent by a command, or by a function in a module, when you have the real one.
agents:
  planner:
    kind: scripted
    script:
      plan: { output: { tone: warm }, after: 200ms }

  writer:
    kind: scripted
    script:
      write:
        - { throw: the connection was lost, after: 200ms }
        - { output: { text: "Hello, world." }, after: 400ms, progress: [thinking, writing] }

  proofreader:
    kind: scripted
    script:
      spelling: { output: { status: pass }, after: 200ms }

  # A program of its own: the task comes in as JSON, what it prints is the output.
  counter:
    kind: command
    command:
      - node
      - --eval
      - |
        const { params } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
        console.log(JSON.stringify({ letters: params.text.length }));
    output: json
`;
