import subprocess
import sys


def test_the_provider_comes_without_its_client_library() -> None:
    code = (
        "import sys, mqinfra.providers.kafka.provider as p; p.KafkaProvider(); print('confluent_kafka' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
