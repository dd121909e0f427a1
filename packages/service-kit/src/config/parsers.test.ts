/** Which texts each parser takes, and what it says about the others. */
import {
  boolean,
  httpUrl,
  integer,
  jsonOrCommaList,
  list,
  oneOf,
  port,
  seconds,
  secondsOrZero,
  text,
} from './parsers';

it.each<[string, (value: string) => unknown, string, unknown]>([
  ['text', text, ' as it is ', ' as it is '],
  ['integer', integer(1, 10), '10', 10],
  ['integer', integer(-5), '-5', -5],
  ['port', port, '0', 0],
  ['port', port, ' 65535 ', 65_535],
  ['seconds', seconds, '0.5', 0.5],
  ['secondsOrZero', secondsOrZero, '0', 0],
  ['secondsOrZero', secondsOrZero, '0.5', 0.5],
  ['httpUrl', httpUrl, ' http://127.0.0.1:21001// ', 'http://127.0.0.1:21001'],
  ['httpUrl', httpUrl, 'HTTPS://[::1]:1/api/', 'HTTPS://[::1]:1/api'],
  ['list', list, ' a, ,b,', ['a', 'b']],
  ['list', list, '', []],
  ['jsonOrCommaList', jsonOrCommaList, '["*", "a,b"]', ['*', 'a,b']],
  ['jsonOrCommaList', jsonOrCommaList, 'a, b', ['a', 'b']],
  ['boolean', boolean, ' TRUE ', true],
  ['boolean', boolean, 'off', false],
  ['oneOf', oneOf(['text', 'json']), ' JSON ', 'json'],
])('%s reads %#: %s', (_name, parse, given, expected) => {
  expect(parse(given)).toEqual(expected);
});

it.each<[string, (value: string) => unknown, string, string]>([
  ['integer', integer(1, 10), '11', '"11" is not a whole number (1 to 10)'],
  ['integer', integer(1), '0', '"0" is not a whole number (at least 1)'],
  ['integer', integer(0), '', '"" is not a whole number (at least 0)'],
  ['integer', integer(0), '1.5', '"1.5" is not a whole number (at least 0)'],
  ['integer', integer(0), '5 MB', '"5 MB" is not a whole number (at least 0)'],
  ['port', port, '65536', '"65536" is not a port (0 to 65535)'],
  ['port', port, '-1', '"-1" is not a port (0 to 65535)'],
  ['port', port, '', '"" is not a port (0 to 65535)'],
  ['port', port, '8e3', '"8e3" is not a port (0 to 65535)'],
  ['seconds', seconds, '0', '"0" is not a number of seconds above 0'],
  ['seconds', seconds, 'Infinity', '"Infinity" is not a number of seconds above 0'],
  ['secondsOrZero', secondsOrZero, '-1', '"-1" is not a number of seconds (0 or more)'],
  ['secondsOrZero', secondsOrZero, '', '"" is not a number of seconds (0 or more)'],
  ['seconds', seconds, ' ', '" " is not a number of seconds above 0'],
  [
    'httpUrl',
    httpUrl,
    'localhost:21001',
    '"localhost:21001" is not an address such as http://127.0.0.1:21001',
  ],
  ['httpUrl', httpUrl, 'http://', '"http://" is not an address such as http://127.0.0.1:21001'],
  ['httpUrl', httpUrl, 'ftp://host', '"ftp://host" is not an address such as http://127.0.0.1:21001'],
  [
    'jsonOrCommaList',
    jsonOrCommaList,
    '["a"',
    '"["a"" is neither a JSON list of texts nor a list separated by commas',
  ],
  [
    'jsonOrCommaList',
    jsonOrCommaList,
    '[1]',
    '"[1]" is neither a JSON list of texts nor a list separated by commas',
  ],
  ['boolean', boolean, 'maybe', '"maybe" is neither true nor false'],
  ['oneOf', oneOf(['text', 'json']), 'xml', '"xml" is not one of text, json'],
])('%s refuses %#: %s', (_name, parse, given, message) => {
  expect(() => parse(given)).toThrow(new Error(message));
});
