"""What the collector of Prometheus asks: pods whose port is called metrics, and nothing else."""

import yaml  # type: ignore[import-untyped]

SECONDS = 30


def scraping() -> str:
    """Return the collector's configuration, as YAML.

    https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-collector-how-to.html
    """
    keep = [
        {
            "source_labels": ["__meta_kubernetes_pod_container_port_name"],
            "action": "keep",
            "regex": "metrics",
        }
    ]
    labels = {
        "namespace": "__meta_kubernetes_namespace",
        "pod": "__meta_kubernetes_pod_name",
        "service": "__meta_kubernetes_pod_label_app_kubernetes_io_name",
        "pod_template_hash": "__meta_kubernetes_pod_label_rollouts_pod_template_hash",
    }
    named = [
        {"source_labels": [source], "target_label": target} for target, source in labels.items()
    ]
    job = {
        "job_name": "pods",
        "scheme": "https",
        # Pods have certificates of their own making; a pod is known by its address.
        "tls_config": {"insecure_skip_verify": True},
        "kubernetes_sd_configs": [{"role": "pod"}],
        "relabel_configs": [*keep, *named],
    }
    content = {
        "global": {"scrape_interval": f"{SECONDS}s", "scrape_timeout": "10s"},
        "scrape_configs": [job],
    }
    text: str = yaml.safe_dump(content, sort_keys=False)
    return text
