/** Settings of what is recorded. */
import { defineConfig, parsers } from '@orcestator/service-kit';
import { trafficFormats, type TrafficFormat } from '../traffic-log/traffic-row';

export interface TrafficConfig {
  logFile: string;
  trafficFormat: TrafficFormat;
  trafficTextLimit: number;
  /** Megabytes. */
  logMaxSize: number;
  /** Hours. */
  logMaxAge: number;
  logKeep: number;
  /** Seconds. */
  slowRequest: number;
}

export const trafficOptions = defineConfig<TrafficConfig>({
  logFile: {
    flags: ['log-file'],
    env: ['OR_LOG_FILE'],
    help: 'журнал трафика: строка на каждый запрос',
    parse: parsers.text,
    default: 'logs/traffic.log',
  },
  trafficFormat: {
    flags: ['traffic-format'],
    env: ['OR_TRAFFIC_FORMAT'],
    help: 'вид журнала трафика: tsv или csv',
    parse: parsers.oneOf(trafficFormats),
    default: 'tsv',
  },
  trafficTextLimit: {
    flags: ['traffic-text-limit'],
    env: ['OR_TRAFFIC_TEXT_LIMIT'],
    help: 'сколько знаков текста попадает в столбец журнала трафика; 0 — без ограничения',
    parse: parsers.integer(0),
    default: 4000,
  },
  logMaxSize: {
    flags: ['log-max-size'],
    env: ['OR_LOG_MAX_SIZE'],
    help: 'журнал трафика больше стольких мегабайт откладывается под именем с датой; 0 — сколько угодно',
    parse: parsers.integer(0),
    default: 50,
  },
  logMaxAge: {
    flags: ['log-max-age'],
    env: ['OR_LOG_MAX_AGE'],
    help: 'и журнал трафика, первой строке которого столько часов (24 — по суткам); 0 — не смотреть на возраст',
    parse: parsers.integer(0),
    default: 0,
  },
  logKeep: {
    flags: ['log-keep'],
    env: ['OR_LOG_KEEP'],
    help: 'сколько отложенных файлов журнала трафика хранить; самые старые удаляются',
    parse: parsers.integer(1),
    default: 10,
  },
  slowRequest: {
    flags: ['slow-request'],
    env: ['OR_SLOW_REQUEST'],
    help: 'запрос дольше стольких секунд попадает в служебный журнал строкой «slow request» с его номером; 0 — никакой',
    parse: parsers.secondsOrZero,
    default: 60,
  },
});
