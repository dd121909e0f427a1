<#
.SYNOPSIS
Запускает Orcestator при входе в Windows. Права администратора не нужны: задание Планировщика принадлежит вам.
.EXAMPLE
powershell -ExecutionPolicy Bypass -File deploy\windows\autostart.ps1 -Install
#>
[CmdletBinding(DefaultParameterSetName = 'Status')]
param(
    [Parameter(ParameterSetName = 'Install')] [switch] $Install,
    [Parameter(ParameterSetName = 'Remove')] [switch] $Remove,
    [Parameter(ParameterSetName = 'Status')] [switch] $Status,
    [Parameter(ParameterSetName = 'Stop')] [switch] $Stop,
    # Вызывает само задание: запуск без окна, вывод в журнал.
    [Parameter(ParameterSetName = 'Run')] [switch] $Run
)
$ErrorActionPreference = 'Stop'
$TaskName = 'Orcestator'
$Project = Split-Path (Split-Path $PSScriptRoot)
$Runner = Join-Path $Project 'tools\run.mjs'
$Log = Join-Path $Project 'logs\autostart.log'
$MaxLogBytes = 10MB

function Get-Task {
    Get-ScheduledTask -TaskName $TaskName -ErrorAction SilentlyContinue
}

# Командная строка с полным путём есть только у нашего процесса, и только из этой папки.
function Get-Gateway {
    Get-CimInstance Win32_Process -Filter "Name = 'node.exe'" |
        Where-Object { $_.CommandLine -and $_.CommandLine.Contains($Runner) -and $_.CommandLine.Contains('cli start') }
}

function Install-Autostart {
    if (-not (Get-Command node -ErrorAction SilentlyContinue)) {
        throw 'Не найден Node.js. Установите его: winget install OpenJS.NodeJS.LTS, и откройте новое окно.'
    }
    if (-not (Test-Path (Join-Path $Project 'node_modules'))) {
        throw 'Проект ещё не установлен. Сначала выполните в его папке: npx --yes pnpm@12 install'
    }
    if (-not (Test-Path (Join-Path $Project '.env'))) {
        Write-Warning "Нет файла $Project\.env с ключом OR_API_KEY: без него воркер не запустится."
    }
    $powershell = Join-Path $env:SystemRoot 'System32\WindowsPowerShell\v1.0\powershell.exe'
    $arguments = '-NoProfile -NonInteractive -WindowStyle Hidden -ExecutionPolicy Bypass -File "{0}" -Run' -f $PSCommandPath
    $user = [Security.Principal.WindowsIdentity]::GetCurrent().Name
    $task = @{
        TaskName    = $TaskName
        Description = "Orcestator: $Project"
        Action      = New-ScheduledTaskAction -Execute $powershell -Argument $arguments -WorkingDirectory $Project
        Trigger     = New-ScheduledTaskTrigger -AtLogOn -User $user
        Principal   = New-ScheduledTaskPrincipal -UserId $user -LogonType Interactive -RunLevel Limited
        Settings    = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::Zero)
    }
    Register-ScheduledTask @task -Force | Out-Null
    Start-ScheduledTask -TaskName $TaskName
    Write-Output "Автозапуск включён, шлюз запускается. Журнал: $Log"
}

function Stop-Gateway {
    $gateway = @(Get-Gateway)
    # Сервисы замечают, что запустивший их процесс исчез, и сами завершаются за несколько секунд.
    $gateway | ForEach-Object { Stop-Process -Id $_.ProcessId -Force }
    if ($gateway.Count -gt 0) { Write-Output 'Шлюз остановлен.' } else { Write-Output 'Шлюз не был запущен.' }
}

function Remove-Autostart {
    if (Get-Task) {
        Unregister-ScheduledTask -TaskName $TaskName -Confirm:$false
        Write-Output 'Автозапуск выключен.'
    } else {
        Write-Output 'Автозапуск не был включён.'
    }
    Stop-Gateway
}

function Show-Status {
    if (Get-Task) { Write-Output 'Автозапуск включён.' } else { Write-Output 'Автозапуск выключен.' }
    $gateway = @(Get-Gateway)
    if ($gateway.Count -gt 0) { Write-Output "Шлюз запущен, процесс $($gateway[0].ProcessId)." } else { Write-Output 'Шлюз не запущен.' }
    if (Test-Path $Log) { Write-Output "Журнал: $Log" }
}

function Invoke-Gateway {
    Set-Location -LiteralPath $Project
    New-Item -ItemType Directory -Force -Path (Split-Path $Log) | Out-Null
    if ((Test-Path $Log) -and (Get-Item $Log).Length -gt $MaxLogBytes) { Move-Item -Force $Log "$Log.1" }
    # Через cmd: Windows PowerShell 5 перекодировал бы вывод в UTF-16, а строки об ошибках обернул бы своими.
    & $env:ComSpec /d /s /c "node `"$Runner`" cli start >> `"$Log`" 2>&1"
    exit $LASTEXITCODE
}

switch ($PSCmdlet.ParameterSetName) {
    'Install' { Install-Autostart }
    'Remove' { Remove-Autostart }
    'Stop' { Stop-Gateway }
    'Run' { Invoke-Gateway }
    default { Show-Status }
}
