import tseslint from 'typescript-eslint';

/** `process` belongs to the entry files: everything else is given what it needs. */
const noProcess = {
  name: 'process',
  message: 'Only main.ts and run-service.ts touch the process; pass what you need.',
};
const walls = [
  {
    group: ['@orcestator/*/src', '@orcestator/*/src/**', '@orcestator/*/dist', '@orcestator/*/dist/**'],
    message: 'Import the package by its name.',
  },
  { group: ['../../../*/src/**', '../../*/src/**'], message: 'A relative path must not leave its package.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**'] },
  {
    files: ['packages/*/src/**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 60 }],
      'no-console': 'error',
      'no-restricted-globals': ['error', noProcess],
      'no-restricted-imports': ['error', { patterns: walls }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: [
      'packages/*/src/main.ts',
      'packages/service-kit/src/run-service.ts',
      'packages/test-kit/src/**',
      'packages/cli/src/**',
    ],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['packages/*/src/**/*.test.ts', 'packages/*/src/**/*.contract.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
