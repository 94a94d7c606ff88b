"""The checks that know no broker, by number."""

from mqinfra.providers.base.verification.check import Check
from mqinfra.verify.checks.alarm import AlarmSurvived
from mqinfra.verify.checks.at_least_once import AtLeastOnce
from mqinfra.verify.checks.at_most_once import AtMostOnce
from mqinfra.verify.checks.bounded_lag import BoundedLag
from mqinfra.verify.checks.clean_up import CleanUp
from mqinfra.verify.checks.connections import Connections
from mqinfra.verify.checks.duplicate import Duplicate
from mqinfra.verify.checks.durable_restart import DurableRestart
from mqinfra.verify.checks.integrity import Integrity
from mqinfra.verify.checks.key_order import KeyOrder
from mqinfra.verify.checks.latency import Latency
from mqinfra.verify.checks.leader_loss import LeaderLoss
from mqinfra.verify.checks.loss import Loss
from mqinfra.verify.checks.poison import Poisoned
from mqinfra.verify.checks.reconnect import Reconnected
from mqinfra.verify.checks.redelivery import Redelivery
from mqinfra.verify.checks.replayed import Replayed
from mqinfra.verify.checks.roundtrip import Roundtrip
from mqinfra.verify.checks.settings_equal import SettingsEqual
from mqinfra.verify.checks.throughput import Throughput
from mqinfra.verify.checks.tls_checked import TlsChecked
from mqinfra.verify.checks.tls_required import TlsRequired
from mqinfra.verify.checks.unexpected import Unexpected

CHECKS: tuple[Check, ...] = (
    SettingsEqual(),
    Roundtrip(),
    Loss(),
    Reconnected(),
    Duplicate(),
    Redelivery(),
    Unexpected(),
    Integrity(),
    AtLeastOnce(),
    AtMostOnce(),
    KeyOrder(),
    Throughput(),
    Latency(),
    DurableRestart(),
    AlarmSurvived(),
    CleanUp(),
    LeaderLoss(),
    BoundedLag(),
    TlsRequired(),
    TlsChecked(),
    Poisoned(),
    Replayed(),
    Connections(),
)
