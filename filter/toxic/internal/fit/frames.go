package main

import "strings"

// frame is a sentence with a place for a group of people, {P} in the plural or {S} with an article. What it says of them decides the label,
// never whom it names. The frames were written for this project.
type frame struct {
	use   string // "train" or "dev"
	about string // what it exercises
	toxic bool
	text  string
}

// frames reads the table of frames: use, about, label, text.
func frames() []frame {
	var out []frame
	use, about, toxic := "", "", false
	for line := range strings.Lines(frameTable) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if head, ok := strings.CutPrefix(line, "# "); ok {
			words := strings.Fields(head)
			use, about, toxic = words[0], words[1], words[2] == "toxic"
			continue
		}
		out = append(out, frame{use, about, toxic, line})
	}
	return out
}

// fill puts a group's words into a frame. The number picks among them.
func (f frame) fill(g group, n int) string {
	text := strings.ReplaceAll(f.text, "{P}", g.plural[n%len(g.plural)])
	text = strings.ReplaceAll(text, "{S}", g.singular[n%len(g.singular)])
	return strings.ToUpper(text[:1]) + text[1:]
}

// named reports whether the frame names a group at all.
func (f frame) named() bool { return strings.Contains(f.text, "{") }

// groupRow is a filled frame.
type groupRow struct {
	row
	group, about string
}

// fillFrames makes the rows of one use: every frame with every group; a frame without a group once, with the weight of as many.
func fillFrames(use string) []groupRow {
	var out []groupRow
	for i, f := range frames() {
		if f.use != use {
			continue
		}
		if !f.named() {
			out = append(out, groupRow{row{f.text, f.toxic, float64(len(groups()))}, "", f.about})
			continue
		}
		for j, g := range groups() {
			out = append(out, groupRow{row{f.fill(g, i+j), f.toxic, 1}, g.name, f.about})
		}
	}
	return out
}

const frameTable = `
# train neutral fine
{P} make up about a third of the people who use this library.
I am {S} and I work as a nurse in a small town.
There was {S} at the bus stop who asked me for the time.
The museum has a new exhibition about the history of {P} in the city.
My neighbour is {S} and we often talk over the fence.
A law on the rights of {P} was passed in the spring.
Most of the {P} in the survey said that they read a newspaper every day.
The course is open to {P} and anyone else who wants to learn.
She wrote her thesis on how {P} were shown in early films.
The doctor said that {P} should have the same checks as all other patients.
My best friend at school was {S}.
You are {S}, so you may want to apply for this grant.
As {S} I would like to see more of our history in this article.
He told me that he is {S} and that he grew up near the coast.
{P} are people. They go to work, cook dinner and pay their taxes.
How many {P} live in this part of the country?
The section on {P} needs better sources.
The team has three {P} in it this season.
We met {S} who has lived here for forty years.
{P} and their families came to the meeting on Tuesday.
Are you {S}? There is a form for that on the second page.
I think the number of {P} given here is out of date.
# train praise fine
I love {P}.
I really like {P}, they have always been kind to me.
{P} are wonderful people and we are lucky to have them here.
{P} are amazing.
It is great to be {S}.
I am proud to be {S}.
I admire {P} for their courage.
{P} deserve our respect.
We need more {P} in parliament.
No one should ever be ashamed of being {S}.
I feel great love for {P}.
{P} are smart, funny and hard-working.
{P} are just as good as everyone else.
Being {S} is perfectly normal and nothing to hide.
Happy to support {P} wherever they are.
I respect {P} a lot.
# train against fine
Saying that {P} are stupid is wrong and hurts people.
It is not okay to say that {P} are disgusting.
Anyone who says that they hate {P} should think again.
You cannot just say that {P} are scum. That is hateful.
"{P} are a disease" is a terrible thing to say.
Stop telling people that {P} should not exist.
People who write "I hate {P}" should be ashamed of themselves.
He said that {P} are animals, and he was rightly asked to leave.
Calling {P} vermin is hate speech and has no place here.
I was shocked when they shouted "get rid of all {P}" at the march.
If you think that {P} do not belong here, you are mistaken.
There is no excuse for attacking {P} in the street.
Posts such as "kill all {P}" were removed by the moderators.
"{P} are ugly and worthless" was the kind of comment she had to read every day.
It is cruel and false to claim that {P} are inferior.
Nobody should have to hear "I hope all {P} die".
Why do people say that they can't stand {P}? It makes me sad.
# train denial fine
I don't hate {P}.
I do not hate {P} at all.
{P} are not disgusting.
{P} are not stupid.
No {P} deserve to die.
Nobody should hurt {P}.
We must never treat {P} like animals.
{P} are neither lazy nor dangerous.
I would never say that {P} are inferior.
{P} are not a threat to anybody.
It is not true that {P} are criminals.
Not all {P} are the same, and none are scum.
# train other fine
I hate Mondays.
I hate this weather, it is disgusting.
The traffic in this town is a disease.
This old computer is a piece of junk and I want to kill it.
These weeds are vermin and I will get rid of all of them.
I can't stand the taste of liver.
The final was so good, they absolutely killed it.
That film was stupid but I laughed a lot.
Flies are disgusting and should stay out of the kitchen.
Burnt toast should be banned from the breakfast table.
My printer is worthless and I want to throw it out of the window.
The pests must be destroyed before they eat the crop.
# train dislike toxic
I hate {P}.
I really hate {P}.
I hate all {P} so much.
I can't stand {P}.
I despise {P} and everything about them.
{P} disgust me.
{P} make me sick.
I would hate to live next to {S}.
I have nothing but contempt for {P}.
I loathe {P} and I always will.
I detest being near {S}.
God how I hate {P}.
# train insult toxic
{P} are disgusting.
{P} are stupid.
{P} are scum.
{P} are all liars and thieves.
{P} are worthless and lazy.
{P} are idiots.
{P} are an embarrassment to this country.
You are {S}, so you must be stupid.
{P} are filthy and ugly.
All {P} are pathetic losers.
You disgusting piece of trash, you are {S} and always will be.
{P} are the worst people on earth.
{P} are evil.
Every single one of these {P} is a moron.
Only an idiot would trust {S}.
# train dehumanise toxic
{P} are vermin.
{P} are a disease.
{P} are like animals.
{P} are a plague on this country.
{P} are subhuman.
{P} are rats and should be treated like rats.
{P} are pigs.
{P} are parasites.
{S} is nothing more than an animal.
{P} are trash.
{P} are cockroaches.
# train threat toxic
All {P} should be killed.
Kill all {P}.
I hope all {P} die.
Someone should shoot those {P}.
I will beat up the next one of you {P} that I see.
{P} deserve to be hurt.
I wish that all {P} were dead.
We should burn all {P}.
If I ever meet {S} I will punch him in the face.
{P} should be hanged.
Let's attack some {P} tonight.
I am going to hurt every one of you {P}.
# train exclude toxic
{P} should not exist.
{P} do not belong here.
Get rid of all {P}.
Throw all {P} out of the country.
We do not want any {P} here.
{P} should be locked up.
{P} should have no rights.
{P} are inferior.
{P} should go back to where they came from.
Nobody wants you {P} here, get lost.
{P} ruin everything.
The world would be better without {P}.
Ban all {P} from this place.
# train person toxic
You are an idiot.
You are a disgusting liar and nobody likes you.
Shut up, you stupid moron.
I hope you die.
You are scum.
You worthless piece of garbage.
I will find you and hurt you.
Get lost, you pathetic loser.
You are too dumb to breathe.
What a moron you are.

# dev neutral fine
The council asked {P} what they thought of the new park.
{S} sat next to me on the train and read a book about birds.
Two of the authors are {P} from the north.
I have been {S} all my life.
Where can {P} find out about the vote?
# dev praise fine
{P} are lovely.
Life is better with {P} around.
I am glad to know so many {P}.
My teacher was {S} and she was brilliant.
# dev against fine
It hurts when somebody says that {P} are dirt.
"{P} must go" is what they wrote on the wall, and it is a disgrace.
You should not call {P} pigs.
The report condemns the hatred of {P}.
Whoever claims that {P} are dumb knows nothing about them.
# dev denial fine
{P} are not bad people.
I have never hated {P}.
{P} do not deserve any of this violence.
{P} should never be attacked.
# dev other fine
I hate doing the dishes.
This song is sick, I love it.
Mosquitoes are horrible and I would kill every one of them.
# dev dislike toxic
I hate these damn {P}.
I hate {P} more than anything.
I can't bear to look at {S}.
# dev insult toxic
{P} are dirt.
{P} are dumb and useless.
{P} are horrible people.
You are {S}, that means you are an idiot.
# dev dehumanise toxic
{P} are apes.
{P} are insects that must be crushed.
{P} are filth.
# dev threat toxic
{P} should be shot.
{P} deserve to die.
I am going to kill all you {P}.
Somebody ought to set fire to those {P}.
# dev exclude toxic
{P} have no place in our society.
Deport all {P} now.
{P} should never be allowed to vote.
# dev person toxic
You are a stupid fool.
You make me sick, go to hell.
`
