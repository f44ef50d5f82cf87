# The API and the command line. Neo4j is a container of its own (docker-compose.yml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The libraries first: they change less often than the code.
COPY requirements-uv.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-uv.lock \
 && uv pip install --system --no-cache --require-hashes -r requirements.lock

COPY pyproject.toml LICENSE ./
COPY kg kg
COPY resolution resolution
COPY scoring scoring
COPY api api
COPY cypher cypher
COPY migrations migrations
RUN uv pip install --system --no-cache --no-deps --no-build-isolation --no-index -e . \
 && useradd --create-home --uid 10001 dealgraph \
 && mkdir -p /state && chown dealgraph /state

USER dealgraph
ENV DEALGRAPH_HOME=/state DEALGRAPH_HOST=0.0.0.0
VOLUME /state
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=5 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["dealgraph", "serve"]
