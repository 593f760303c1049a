"""The models: Claude, Ollama and the rehearsal, each streaming exactly one request at a time behind `ModelProvider`.

Nothing heavy is loaded here: each module imports its service's library when it is first asked something.
"""
