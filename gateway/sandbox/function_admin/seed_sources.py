"""The code of the seeded functions, one of each type. It is read, shown and edited, and never run."""

from __future__ import annotations

MY_FUNCTION = '''"""
title: My Function
author: Yusuf
author_url: https://example.com/yusuf
version: 0.2.0
license: MIT
description: Answers in a tone of your choice.
"""

from typing import Literal, Optional

from pydantic import BaseModel, Field


class Pipe:
    class Valves(BaseModel):
        api_key: str = Field(
            default="",
            description="Key of the model's provider",
            json_schema_extra={"input": {"type": "password"}},
        )
        model: str = Field(
            default="small",
            description="Model that answers",
            json_schema_extra={"input": {"type": "select", "options": "model_options"}},
        )
        max_length: int = Field(default=200, ge=1, le=10000, description="Longest answer, in characters")
        temperature: Optional[float] = Field(default=None, ge=0, le=2)
        tags: list[str] = []

        @classmethod
        def model_options(cls):
            return [{"value": "small", "label": "Small"}, {"value": "large", "label": "Large"}]

    class UserValves(BaseModel):
        tone: Literal["plain", "formal"] = "plain"
        language: str = Field(default="en", min_length=2, max_length=5, description="Language of the answer")

    def __init__(self):
        self.valves = self.Valves()

    def pipe(self, body: dict, __user__: dict) -> str:
        text = body["messages"][-1]["content"]
        return f"[{__user__['valves'].tone}] {text}"[: self.valves.max_length]
'''

WORD_FILTER = '''"""
title: Word Filter
author: Yusuf
version: 0.1.0
description: Replaces words before they reach a model.
"""

from pydantic import BaseModel, Field


class Filter:
    class Valves(BaseModel):
        priority: int = Field(default=0, description="Lower runs first")
        words: list[str] = Field(default_factory=list, description="Words to replace")

    class UserValves(BaseModel):
        enabled: bool = Field(default=True, description="Whether to filter your messages")

    def __init__(self):
        self.valves = self.Valves()
        self.toggle = True

    def inlet(self, body: dict, __user__: dict) -> dict:
        for message in body["messages"]:
            for word in self.valves.words:
                message["content"] = message["content"].replace(word, "***")
        return body
'''

NOTE_ACTION = '''"""
title: Note Action
author: Ada
version: 1.0.0
description: Keeps an answer as a note.
"""


class Action:
    async def action(self, body: dict, __event_emitter__=None) -> dict:
        return {"content": body["messages"][-1]["content"]}
'''

LOG_EVENT = '''"""
title: Log Event
author: Yusuf
version: 0.3.1
description: Counts what happens.
"""

from typing import Literal

from pydantic import BaseModel, Field


class Event:
    class Valves(BaseModel):
        level: Literal["debug", "info", "error"] = "info"
        sample_rate: float = Field(default=1.0, gt=0, le=1, description="Share of the events that is logged")

    def __init__(self):
        self.seen = 0

    async def event(self, event: dict, **kwargs) -> None:
        self.seen += 1
'''
