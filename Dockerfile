# Iris, offline, on the models that it brings: docker build -t iris .
# The same with Ray and LanceDB, for page and workers of a cluster: add --build-arg REQUIREMENTS=requirements-cluster.txt
FROM python:3.13-slim AS packages
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /build
COPY requirements.txt requirements-cluster.txt requirements.lock ./
ARG REQUIREMENTS=requirements.txt
RUN uv venv --quiet /opt/iris \
    && uv pip install --python /opt/iris --no-cache --torch-backend cpu --compile-bytecode \
        --constraints requirements.lock --requirements "$REQUIREMENTS"

FROM python:3.13-slim
# wget is what the probes of KubeRay before 1.7 call
RUN apt-get update && apt-get install --yes --no-install-recommends wget && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 iris && install --directory --owner iris /cache /photos
COPY --from=packages /opt/iris /opt/iris
WORKDIR /app
COPY app.py iris.py ./
COPY demo demo
COPY embeddings embeddings
COPY zoo zoo
ENV PATH=/opt/iris/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 \
    IRIS_HOST=0.0.0.0 IRIS_PORT=7860 IRIS_CACHE=/cache HF_HUB_CACHE=/cache/hub \
    OMP_WAIT_POLICY=PASSIVE RAY_USAGE_STATS_ENABLED=0 RAY_worker_niceness=0
USER iris
VOLUME /cache
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=180s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/', timeout=8)"]
CMD ["python", "app.py"]
