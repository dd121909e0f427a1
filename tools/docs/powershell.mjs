// PowerShell where there is none: each line that the documents use, in bash. A line that is not here fails the test, so that a new
// one is either added or marked in its document as tried by hand.

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Pattern → bash; the groups of the pattern are the arguments. */
const equivalents = [
  // The same in every shell.
  [/^(?:npx|git|node|docker) [^|;]*$/, (line) => line],
  [/^cd (\S+)$/, (line) => line],
  [/^(npx|npm)\.cmd (.+)$/, (_, name, rest) => `${name} ${rest}`],
  [/^curl\.exe (.+)$/, (_, rest) => `curl -sS ${rest}`],
  [/^Copy-Item (\S+) (\S+)$/, (_, from, to) => `cp ${from} ${to}`],
  [/^Remove-Item (\S+)$/, (_, path) => `rm ${path}`],
  [/^Remove-Item -Recurse -Force (\S+)$/, (_, path) => `rm -rf ${path}`],
  [/^Get-Content -Encoding utf8 -Tail (\d+) (\S+)$/, (_, count, path) => `tail -n ${count} ${path}`],
  // Windows PowerShell 5 writes CRLF and, for the first line, a byte order mark.
  [
    /^Set-Content -Encoding utf8 (\S+) '([^']*)'$/,
    (_, path, text) => `printf '\\xef\\xbb\\xbf%s\\r\\n' ${quote(text)} > ${path}`,
  ],
  [
    /^Add-Content -Encoding utf8 (\S+) '([^']*)'$/,
    (_, path, text) => `printf '%s\\r\\n' ${quote(text)} >> ${path}`,
  ],
  [
    /^\[IO\.File\]::WriteAllText\("\$PWD\/(\S+)", '([^']*)'\)$/,
    (_, path, text) => `printf '%s' ${quote(text)} > ${path}`,
  ],
  // The three lines of a request, each with its part of the work.
  [
    /^\$body = @\{ model = '(\w+)'; messages = @\(@\{ role = 'user'; content = '([^']+)' \}\) \} \| ConvertTo-Json -Depth 5$/,
    (_, model, content) => `body=${quote(JSON.stringify({ model, messages: [{ role: 'user', content }] }))}`,
  ],
  [
    /^\$answer = Invoke-RestMethod (\S+) -Method Post -ContentType '([^']+)' -Body \$body$/,
    (_, url, type) =>
      `answer=$(curl -sS --fail-with-body ${url} -H ${quote(`Content-Type: ${type}`)} -d "$body")`,
  ],
  [
    /^\$answer\.choices\[0\]\.message\.content$/,
    () => `node -p 'JSON.parse(process.argv[1]).choices[0].message.content' "$answer"`,
  ],
  [
    /^Invoke-RestMethod (\S+) -Method Post -ContentType '([^']+)' -Body '([^']+)'$/,
    (_, url, type, body) =>
      `curl -sS --fail-with-body ${url} -H ${quote(`Content-Type: ${type}`)} -d ${quote(body)}`,
  ],
];

/** The line in bash; `undefined` when the table does not know it. */
export function toBash(line) {
  for (const [pattern, make] of equivalents) {
    const match = pattern.exec(line);
    if (match) return make(...match);
  }
  return undefined;
}
